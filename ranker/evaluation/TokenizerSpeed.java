import java.io.DataInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.encore.text.ContentFilter;
import org.encore.text.Dictionary;
import org.encore.text.EncoreTokenizer;
import org.encore.text.Mode;

/**
 * Tokens a second of the plugin's analysis chain, one thread: tokenizer and content filter, as an index has them.
 *
 * <p>Arguments: a dictionary's folder, a file of texts (each its length in bytes, four of them, then UTF-8). For
 * each line {@code MODE SECONDS} of standard input all texts are gone through again and again for that long; the
 * answer is a line {@code TOKENS NANOSECONDS}.
 */
public final class TokenizerSpeed {
    private TokenizerSpeed() {}

    public static void main(String[] arguments) throws IOException {
        Dictionary dictionary = Dictionary.load(Path.of(arguments[0]));
        List<String> texts = texts(Path.of(arguments[1]));
        Scanner asked = new Scanner(System.in, StandardCharsets.UTF_8);
        while (asked.hasNext()) {
            Mode mode = Mode.valueOf(asked.next());
            long most = (long) (Double.parseDouble(asked.next()) * 1e9);
            Tokenizer tokenizer = new EncoreTokenizer(dictionary, mode);
            TokenStream chain = new ContentFilter(tokenizer);
            long tokens = 0;
            long began = System.nanoTime();
            long took = 0;
            while (took < most) {
                for (String text : texts) {
                    tokenizer.setReader(new StringReader(text));
                    chain.reset();
                    while (chain.incrementToken()) {
                        tokens++;
                    }
                    chain.end();
                    chain.close();
                }
                took = System.nanoTime() - began;
            }
            System.out.println(tokens + " " + took);
        }
    }

    private static List<String> texts(Path file) throws IOException {
        List<String> texts = new ArrayList<>();
        try (DataInputStream input = new DataInputStream(Files.newInputStream(file))) {
            DataInputStream whole = new DataInputStream(new java.io.ByteArrayInputStream(input.readAllBytes()));
            while (whole.available() > 0) {
                texts.add(new String(whole.readNBytes(whole.readInt()), StandardCharsets.UTF_8));
            }
        }
        return texts;
    }
}
