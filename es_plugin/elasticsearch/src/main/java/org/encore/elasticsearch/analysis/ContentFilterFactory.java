package org.encore.elasticsearch.analysis;

import org.apache.lucene.analysis.TokenStream;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.encore.text.ContentFilter;

/** Makes {@link ContentFilter}s. */
final class ContentFilterFactory extends AbstractTokenFilterFactory {
    ContentFilterFactory(String name) {
        super(name);
    }

    @Override
    public TokenStream create(TokenStream stream) {
        return new ContentFilter(stream);
    }
}
