package org.encore.elasticsearch.analysis;

import java.io.Reader;
import org.elasticsearch.index.analysis.AbstractCharFilterFactory;
import org.elasticsearch.index.analysis.NormalizingCharFilterFactory;
import org.encore.dictionary.DictionaryHandle;
import org.encore.text.NormalizeCharFilter;

/** Makes {@link NormalizeCharFilter}s; usable in a keyword's normalizer. */
final class NormalizeCharFilterFactory extends AbstractCharFilterFactory implements NormalizingCharFilterFactory {
    private final DictionaryHandle dictionary;

    NormalizeCharFilterFactory(String name, DictionaryHandle dictionary) {
        super(name);
        this.dictionary = dictionary;
    }

    @Override
    public Reader create(Reader reader) {
        return new NormalizeCharFilter(reader, dictionary.get().normalizer());
    }
}
