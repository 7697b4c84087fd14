package org.encore.proximity;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.apache.lucene.analysis.tokenattributes.TermToBytesRefAttribute;
import org.apache.lucene.util.BytesRef;

/** Which slots does a query's text have? Read from an analyzer's tokens. */
public final class SlotReader {
    private SlotReader() {}

    /**
     * Analyzes {@code text} and gathers its slots in the order of first writing.
     *
     * <p>Position gaps inside the query are ignored: people separate words as they like. A word at a
     * second place adds weight to its first slot.
     *
     * @param maximum the most tokens read; more are refused, so a pasted page costs no more than this
     * @return the slots, none where the text has no tokens
     * @throws TooManyTermsException where the text has more tokens than {@code maximum}
     */
    public static List<Slot> read(Analyzer analyzer, String field, String text, int maximum) throws IOException {
        Map<TreeSet<BytesRef>, Integer> weights = new LinkedHashMap<>();
        for (TreeSet<BytesRef> place : places(analyzer, field, text, maximum)) {
            weights.merge(place, 1, Integer::sum);
        }
        return weights.entrySet().stream()
                .map(entry -> new Slot(List.copyOf(entry.getKey()), entry.getValue()))
                .toList();
    }

    private static List<TreeSet<BytesRef>> places(Analyzer analyzer, String field, String text, int maximum)
            throws IOException {
        List<TreeSet<BytesRef>> places = new ArrayList<>();
        int tokens = 0;
        try (TokenStream stream = analyzer.tokenStream(field, text)) {
            TermToBytesRefAttribute term = stream.getAttribute(TermToBytesRefAttribute.class);
            PositionIncrementAttribute increment = stream.addAttribute(PositionIncrementAttribute.class);
            stream.reset();
            while (stream.incrementToken()) {
                if (++tokens > maximum) {
                    throw new TooManyTermsException(maximum);
                }
                if (places.isEmpty() || increment.getPositionIncrement() > 0) {
                    places.add(new TreeSet<>());
                }
                places.get(places.size() - 1).add(BytesRef.deepCopyOf(term.getBytesRef()));
            }
            stream.end();
        }
        return places;
    }

    /** The query's text has more terms than are allowed. */
    public static final class TooManyTermsException extends IllegalArgumentException {
        TooManyTermsException(int maximum) {
            super("a proximity query takes at most [" + maximum + "] terms: shorten its text");
        }
    }
}
