package org.encore.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.encore.json.JsonReader;
import org.encore.json.JsonWriter;

/**
 * Lets the Python tests hold Java's tokens against Python's: one JSON string a line in, one JSON object a line
 * out, {"cut": [[term, start, end, position], …], "search": […]}, tokens without content dropped.
 *
 * <p>The one argument is a dictionary folder. Strings may hold lone surrogates, escaped.
 */
public final class TextProbe {
    private TextProbe() {}

    public static void main(String[] arguments) throws IOException {
        Dictionary dictionary = Dictionary.load(Path.of(arguments[0]));
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String text = (String) JsonReader.parse(line);
            StringBuilder answer = new StringBuilder("{\"cut\":");
            JsonWriter writer = new JsonWriter(answer);
            writer.value(tokens(TextAnalysis.of(dictionary, text, Mode.CUT)));
            answer.append(",\"search\":");
            writer.value(tokens(TextAnalysis.of(dictionary, text, Mode.SEARCH)));
            out.println(answer.append('}'));
            if (!in.ready()) {
                out.flush();
            }
        }
        out.flush();
    }

    private static List<List<Object>> tokens(TextAnalysis analysis) {
        List<List<Object>> tokens = new ArrayList<>();
        int position = -1;
        for (int i = 0; i < analysis.size(); i++) {
            position += analysis.increment(i);
            if (analysis.hasContent(i)) {
                tokens.add(List.of(
                        analysis.term(i), analysis.startOffset(i), analysis.endOffset(i), position));
            }
        }
        return tokens;
    }
}
