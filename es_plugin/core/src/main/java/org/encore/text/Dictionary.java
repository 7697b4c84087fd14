package org.encore.text;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;

/**
 * One exported dictionary version in memory: normaliser, words, hidden Markov model, content.
 *
 * <p>About 60 MB; loading takes about a second. Immutable, safe to share between threads and indices.
 */
public final class Dictionary {
    private final String version;
    private final Normalizer normalizer;
    private final JiebaSegmenter segmenter;
    private final BitSet content;

    private Dictionary(String version, Normalizer normalizer, JiebaSegmenter segmenter, BitSet content) {
        this.version = version;
        this.normalizer = normalizer;
        this.segmenter = segmenter;
        this.content = content;
    }

    /**
     * Loads the dictionary in a folder that is named by its version.
     *
     * @throws DictionaryException if a file is missing or differs from the manifest's checksum
     */
    public static Dictionary load(Path folder) {
        DictionaryFolder files = DictionaryFolder.open(folder);
        double logTotal = files.number("log_total");
        Map<String, String> texts = files.texts();
        WordTable words = WordTable.read(texts.get("words.tsv"), logTotal);
        HiddenMarkovModel model = HiddenMarkovModel.read(texts.get("hmm.json"));
        return new Dictionary(
                files.version(),
                Normalizer.read(texts.get("normalize.tsv")),
                new JiebaSegmenter(words, model),
                content(texts.get("content.tsv")));
    }

    /** The version, twelve hexadecimal digits. */
    public String version() {
        return version;
    }

    /** The table that text goes through before it is cut. */
    public Normalizer normalizer() {
        return normalizer;
    }

    /** Whether a code point is a letter or a number of any script. */
    public boolean isContent(int codePoint) {
        return content.get(codePoint);
    }

    JiebaSegmenter segmenter() {
        return segmenter;
    }

    private static BitSet content(String ranges) {
        BitSet content = new BitSet(Character.MAX_CODE_POINT + 1);
        Rows.read("content.tsv", ranges, 2, row -> content.set(
                Integer.parseInt(row[0], 16), Integer.parseInt(row[1], 16) + 1));
        return content;
    }
}
