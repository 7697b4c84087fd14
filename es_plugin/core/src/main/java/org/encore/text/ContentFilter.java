package org.encore.text;

import org.apache.lucene.analysis.FilteringTokenFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.TypeAttribute;

/**
 * Drops the tokens that {@link EncoreTokenizer} found to hold no content: punctuation, blanks, emoji.
 *
 * <p>The places of dropped tokens stay empty, so words on both sides of a comma are not neighbours. Behind
 * another tokenizer it drops nothing.
 */
public final class ContentFilter extends FilteringTokenFilter {
    private final TypeAttribute type = addAttribute(TypeAttribute.class);

    public ContentFilter(TokenStream in) {
        super(in);
    }

    @Override
    protected boolean accept() {
        return !EncoreTokenizer.SIGN.equals(type.type());
    }
}
