package org.encore.plan;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.encore.json.JsonReader;
import org.encore.json.JsonWriter;

/** Plans and constants kept as files, which both languages read. */
final class PlanFixtures {
    static final Path FOLDER = Path.of("..", "..", "tests", "contract", "plan");

    private PlanFixtures() {}

    static List<Path> files(String sort) throws IOException {
        try (Stream<Path> files = Files.list(FOLDER.resolve(sort))) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
        }
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> read(Path file) throws IOException {
        return (Map<String, Object>) JsonReader.parse(Files.readString(file));
    }

    /** The answer's body that a file describes. */
    static byte[] body(Map<String, Object> kept) {
        String text = kept.get("text") instanceof String raw ? raw : JsonWriter.write(kept.get("plan"));
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static QueryPlan valid(String name) throws IOException, PlanException {
        return QueryPlan.read(body(read(FOLDER.resolve("valid").resolve(name + ".json"))));
    }
}
