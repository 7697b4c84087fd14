package org.encore.text;

import java.nio.file.Path;
import java.util.BitSet;

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
     * @throws DictionaryException if a file is missing, differs from what the manifest says, or makes no sense
     */
    public static Dictionary load(Path folder) {
        return of(DictionaryFiles.read(folder));
    }

    /**
     * Makes a dictionary of its files; takes about a second.
     *
     * @throws DictionaryException if a file makes no sense
     */
    public static Dictionary of(DictionaryFiles files) {
        try {
            WordTable words = WordTable.read(files.text("words.tsv"), files.number("log_total"));
            HiddenMarkovModel model = HiddenMarkovModel.read(files.text("hmm.json"));
            return new Dictionary(
                    files.version(),
                    Normalizer.read(files.text("normalize.tsv")),
                    new JiebaSegmenter(words, model),
                    content(files.text("content.tsv")));
        } catch (DictionaryException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new DictionaryException("dictionary [" + files.version() + "] makes no sense: " + e, e);
        }
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
