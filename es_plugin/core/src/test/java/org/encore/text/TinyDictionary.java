package org.encore.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.encore.json.JsonWriter;

/**
 * A dictionary small enough to reckon with by hand.
 *
 * <p>Words with their counts: 晴天 4, 中华 2, 人民 2, 共和 2, 共和国 2, 中华人民共和国 1, 甲乙 1, 乙丙 1, 甲 1, 丙 1; the
 * logs are of the counts, and of 17, all counted. The model knows that 鱼 begins and 雁 ends words. The normaliser
 * has full-width A, ㍿, the ligature ﬁ, e + acute, 裏, 乾, and the phrase 乾隆.
 */
public final class TinyDictionary {
    /** The first twelve digits of its content's hash. */
    public static final String VERSION = "48d284fa66f1";

    private static final String[] WORDS = {
        "晴天 4", "中华 2", "人民 2", "共和 2", "共和国 2", "中华人民共和国 1", "甲乙 1", "乙丙 1", "甲 1", "丙 1"
    };
    private static final String NORMALIZE = "Ａ\ta\n㍿\t株式会社\nﬁ\tfi\ne\\u0301\té\n裏\t里\n乾\t干\n乾隆\t乾隆\n";
    private static final String CONTENT = "30\t39\n61\t7a\ne9\te9\n4e00\t9fff\n20000\t2a6df\n";
    private static final String MODEL = """
            {"absent":-3.14e+100,
             "emission":{"B":{"鱼":-1.0,"雁":-9.0},"E":{"雁":-1.0,"鱼":-9.0},"M":{},"S":{"鱼":-5.0,"雁":-5.0}},
             "start":{"B":-0.3,"E":-3.14e+100,"M":-3.14e+100,"S":-1.5},
             "transition":{"B":{"E":-0.5,"M":-1.0},"E":{"B":-0.6,"S":-0.8},"M":{"E":-0.3,"M":-1.3},
                           "S":{"B":-0.7,"S":-0.7}}}
            """;

    private TinyDictionary() {}

    /** Writes the folder {@link #VERSION} under {@code root}. */
    public static Path write(Path root) throws IOException {
        return write(root, new String[0]);
    }

    /** Writes a folder under {@code root}, named by its content; each further word counts once. */
    public static Path write(Path root, String... more) throws IOException {
        StringBuilder words = new StringBuilder();
        int total = 0;
        for (String word : Stream.concat(Stream.of(WORDS), Stream.of(more).map(word -> word + " 1")).toList()) {
            String[] parts = word.split(" ");
            int count = Integer.parseInt(parts[1]);
            total += count;
            words.append(parts[0]).append('\t').append(count).append('\t').append(Math.log(count)).append('\n');
        }
        Map<String, String> files = new TreeMap<>(Map.of(
                "words.tsv", words.toString(),
                "normalize.tsv", NORMALIZE,
                "content.tsv", CONTENT,
                "hmm.json", MODEL));
        return write(root, files, Math.log(total));
    }

    /** Writes a folder of these files under {@code root}, named by their content. */
    public static Path write(Path root, Map<String, String> files, double logTotal) throws IOException {
        Map<String, Object> hashes = new TreeMap<>();
        StringBuilder listing = new StringBuilder("schema 1\n");
        for (Map.Entry<String, String> file : new TreeMap<>(files).entrySet()) {
            String hash = sha256(file.getValue());
            hashes.put(file.getKey(), hash);
            listing.append(file.getKey()).append(' ').append(hash).append('\n');
        }
        String version = sha256(listing.toString()).substring(0, 12);
        Path folder = Files.createDirectories(root.resolve(version));
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schema", 1);
        manifest.put("version", version);
        manifest.put("created", 0);
        manifest.put("files", hashes);
        manifest.put("log_total", logTotal);
        manifest.put("max_word_code_points", 7);
        Files.writeString(folder.resolve("manifest.json"), JsonWriter.write(manifest));
        return folder;
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
