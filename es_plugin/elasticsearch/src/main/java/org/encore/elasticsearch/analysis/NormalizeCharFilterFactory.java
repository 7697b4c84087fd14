package org.encore.elasticsearch.analysis;

import java.io.Reader;
import org.elasticsearch.index.analysis.AbstractCharFilterFactory;
import org.elasticsearch.index.analysis.NormalizingCharFilterFactory;
import org.encore.text.NormalizeCharFilter;
import org.encore.text.Normalizer;

/** Makes {@link NormalizeCharFilter}s; usable in a keyword's normalizer. */
final class NormalizeCharFilterFactory extends AbstractCharFilterFactory implements NormalizingCharFilterFactory {
    private final Normalizer normalizer;

    NormalizeCharFilterFactory(String name, Normalizer normalizer) {
        super(name);
        this.normalizer = normalizer;
    }

    @Override
    public Reader create(Reader reader) {
        return new NormalizeCharFilter(reader, normalizer);
    }
}
