package org.encore.proximity;

import java.util.List;
import org.apache.lucene.util.BytesRef;

/**
 * One word of the query: any of its terms fills it.
 *
 * <p>Terms that the analyzer puts at one position (a word and its parts in search mode, synonyms) are
 * one slot; a word that the query repeats is one slot with the weight of its repetitions.
 *
 * @param terms the terms at this place of the query, distinct, sorted, at least one
 * @param weight how often the query writes this word, at least 1
 */
public record Slot(List<BytesRef> terms, int weight) {
    /** Sorts and copies the terms, so that equal slots are equal values. */
    public Slot {
        terms = terms.stream().map(BytesRef::deepCopyOf).distinct().sorted().toList();
        if (terms.isEmpty()) {
            throw new IllegalArgumentException("a slot needs at least one term, got [" + terms + "]");
        }
        if (weight < 1) {
            throw new IllegalArgumentException("a slot's weight must be at least 1, got [" + weight + "]");
        }
    }

    /** A slot of weight 1. */
    public static Slot of(String... terms) {
        return new Slot(java.util.Arrays.stream(terms).map(BytesRef::new).toList(), 1);
    }

    /** The terms as a person reads them: {@code 晴天}, {@code 中华|中华人民共和国}, {@code 爱×2}. */
    @Override
    public String toString() {
        String text = String.join("|", terms.stream().map(BytesRef::utf8ToString).toList());
        return weight == 1 ? text : text + "×" + weight;
    }
}
