package org.encore.opensearch.analysis;

import org.apache.lucene.analysis.TokenStream;
import org.encore.text.ContentFilter;
import org.opensearch.common.settings.Settings;
import org.opensearch.index.IndexSettings;
import org.opensearch.index.analysis.AbstractTokenFilterFactory;

/** Makes {@link ContentFilter}s. */
final class ContentFilterFactory extends AbstractTokenFilterFactory {
    ContentFilterFactory(IndexSettings index, String name, Settings settings) {
        super(index, name, settings);
    }

    @Override
    public TokenStream create(TokenStream stream) {
        return new ContentFilter(stream);
    }
}
