package org.encore.text;

import java.io.IOException;
import java.io.Reader;
import java.util.Arrays;
import org.apache.lucene.analysis.CharFilter;

/**
 * Normalises a text before another tokenizer sees it; for keywords, which have no tokenizer of ours.
 *
 * <p>An offset into the normalised text is corrected to the start of the source span that it lies in, and the
 * offset behind the last character to the end of the source.
 */
public final class NormalizeCharFilter extends CharFilter {
    private final Normalizer normalizer;
    private String text;
    private int[] sourceOffsets;
    private int at;

    public NormalizeCharFilter(Reader in, Normalizer normalizer) {
        super(in);
        this.normalizer = normalizer;
    }

    @Override
    public int read(char[] buffer, int offset, int count) throws IOException {
        fill();
        if (at == text.length()) {
            return count == 0 ? 0 : -1;
        }
        int end = Math.min(text.length(), at + count);
        text.getChars(at, end, buffer, offset);
        int read = end - at;
        at = end;
        return read;
    }

    @Override
    protected int correct(int offset) {
        if (sourceOffsets == null) {
            return offset;
        }
        return sourceOffsets[Math.min(offset, sourceOffsets.length - 1)];
    }

    private void fill() throws IOException {
        if (text != null) {
            return;
        }
        String source = new WholeReader().readAll(input);
        Normalized normalized = normalizer.normalize(source);
        text = normalized.text(0, normalized.length());
        int[] offsets = new int[text.length() + 1];
        int unit = 0;
        for (int i = 0; i < normalized.length(); i++) {
            int units = Character.charCount(normalized.codePoints()[i]);
            Arrays.fill(offsets, unit, unit + units, normalized.starts()[i]);
            unit += units;
        }
        offsets[unit] = source.length();
        sourceOffsets = offsets;
    }
}
