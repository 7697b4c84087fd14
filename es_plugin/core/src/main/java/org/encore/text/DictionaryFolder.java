package org.encore.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.encore.json.JsonException;
import org.encore.json.JsonReader;

/** The files of one dictionary version, read once and checked against its manifest. */
final class DictionaryFolder {
    static final long SCHEMA = 1;
    static final List<String> FILES = List.of("content.tsv", "hmm.json", "normalize.tsv", "words.tsv");

    private final String name;
    private final Map<?, ?> manifest;
    private final Map<String, String> texts = new LinkedHashMap<>();

    private DictionaryFolder(String name, Map<?, ?> manifest) {
        this.name = name;
        this.manifest = manifest;
    }

    static DictionaryFolder open(Path folder) {
        String name = folder.getFileName().toString();
        try {
            String json = Files.readString(folder.resolve("manifest.json"));
            if (!(JsonReader.parse(json) instanceof Map<?, ?> manifest)) {
                throw new JsonException("the manifest is no object");
            }
            DictionaryFolder opened = new DictionaryFolder(name, manifest);
            opened.check();
            for (String file : FILES) {
                opened.texts.put(file, opened.checked(file, folder.resolve(file)));
            }
            return opened;
        } catch (IOException | JsonException e) {
            throw new DictionaryException("dictionary [" + name + "] cannot be read: " + e, e);
        }
    }

    String version() {
        return name;
    }

    double number(String key) {
        if (manifest.get(key) instanceof Number number) {
            return number.doubleValue();
        }
        throw new DictionaryException("dictionary [" + name + "] has no number [" + key + "] in its manifest");
    }

    /** The contents by name. */
    Map<String, String> texts() {
        return texts;
    }

    private void check() {
        Object schema = manifest.get("schema");
        if (!Long.valueOf(SCHEMA).equals(schema)) {
            throw new DictionaryException("dictionary [" + name + "] has schema [" + schema
                    + "]; this plugin reads [" + SCHEMA + "]");
        }
        if (!name.equals(manifest.get("version"))) {
            throw new DictionaryException("dictionary folder [" + name + "] holds version ["
                    + manifest.get("version") + "]; a version is never renamed");
        }
    }

    private String checked(String file, Path path) throws IOException {
        Object wanted = manifest.get("files") instanceof Map<?, ?> files ? files.get(file) : null;
        byte[] bytes;
        String found;
        try {
            bytes = Files.readAllBytes(path);
            found = sha256(bytes);
        } catch (NoSuchFileException e) {
            bytes = new byte[0];
            found = "no such file";
        }
        if (!found.equals(wanted)) {
            throw new DictionaryException("dictionary [" + name + "] is damaged: [" + file + "] has checksum ["
                    + found + "] instead of [" + wanted + "]; copy the folder again");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
