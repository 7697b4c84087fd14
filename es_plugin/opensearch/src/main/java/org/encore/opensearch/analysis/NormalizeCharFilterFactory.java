package org.encore.opensearch.analysis;

import java.io.Reader;
import org.encore.dictionary.DictionaryHandle;
import org.encore.text.NormalizeCharFilter;
import org.opensearch.index.IndexSettings;
import org.opensearch.index.analysis.AbstractCharFilterFactory;
import org.opensearch.index.analysis.NormalizingCharFilterFactory;

/** Makes {@link NormalizeCharFilter}s; usable in a keyword's normalizer. */
final class NormalizeCharFilterFactory extends AbstractCharFilterFactory implements NormalizingCharFilterFactory {
    private final DictionaryHandle dictionary;

    NormalizeCharFilterFactory(IndexSettings index, String name, DictionaryHandle dictionary) {
        super(index, name);
        this.dictionary = dictionary;
    }

    @Override
    public Reader create(Reader reader) {
        return new NormalizeCharFilter(reader, dictionary.get().normalizer());
    }
}
