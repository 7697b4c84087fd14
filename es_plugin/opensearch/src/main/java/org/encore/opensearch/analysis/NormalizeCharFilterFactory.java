package org.encore.opensearch.analysis;

import java.io.Reader;
import org.encore.text.NormalizeCharFilter;
import org.encore.text.Normalizer;
import org.opensearch.index.IndexSettings;
import org.opensearch.index.analysis.AbstractCharFilterFactory;
import org.opensearch.index.analysis.NormalizingCharFilterFactory;

/** Makes {@link NormalizeCharFilter}s; usable in a keyword's normalizer. */
final class NormalizeCharFilterFactory extends AbstractCharFilterFactory implements NormalizingCharFilterFactory {
    private final Normalizer normalizer;

    NormalizeCharFilterFactory(IndexSettings index, String name, Normalizer normalizer) {
        super(index, name);
        this.normalizer = normalizer;
    }

    @Override
    public Reader create(Reader reader) {
        return new NormalizeCharFilter(reader, normalizer);
    }
}
