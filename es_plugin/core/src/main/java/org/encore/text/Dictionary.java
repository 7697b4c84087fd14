package org.encore.text;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;

/**
 * One exported dictionary version in memory: normaliser, words, hidden Markov model, content.
 *
 * <p>About 40 MB; loading takes about a second. Immutable, safe to share between threads and indices.
 */
public final class Dictionary {
    /** UTF-16 units; a longer text is not kept by the thread that cut it. */
    private static final int LONGEST_KEPT = 100;
    /** Texts that a thread keeps at most, a power of two; about a kilobyte each. */
    private static final int KEPT = 512;

    private final String version;
    private final Normalizer normalizer;
    private final JiebaSegmenter segmenter;
    private final BitSet content;
    /**
     * What each thread cut lately, by hash: a title goes through both modes, a query through the analyzers of
     * several fields, and documents share tags and uploaders.
     */
    private final ThreadLocal<CutText[]> kept = ThreadLocal.withInitial(() -> new CutText[KEPT]);

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
            WordTable words = WordTable.read(files.content("words.tsv"), files.number("log_total"));
            HiddenMarkovModel model = HiddenMarkovModel.read(new String(files.content("hmm.json"), StandardCharsets.UTF_8));
            return new Dictionary(
                    files.version(),
                    Normalizer.read(files.content("normalize.tsv")),
                    new JiebaSegmenter(words, model),
                    content(files.content("content.tsv")));
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

    /** The text, normalised and cut. */
    CutText cut(String source) {
        if (source.length() > LONGEST_KEPT) {
            return cutAnew(source);
        }
        CutText[] known = kept.get();
        int hash = source.hashCode();
        int place = (hash ^ hash >>> 16) & KEPT - 1;
        if (known[place] == null || !known[place].source().equals(source)) {
            known[place] = cutAnew(source);
        }
        return known[place];
    }

    private CutText cutAnew(String source) {
        Normalized text = normalizer.normalize(source);
        return new CutText(source, text, segmenter.cut(text.codePoints(), text.length()));
    }

    JiebaSegmenter segmenter() {
        return segmenter;
    }

    private static BitSet content(byte[] ranges) {
        BitSet content = new BitSet(Character.MAX_CODE_POINT + 1);
        Rows.read("content.tsv", ranges, 2, row -> content.set(
                Integer.parseInt(row[0], 16), Integer.parseInt(row[1], 16) + 1));
        return content;
    }
}
