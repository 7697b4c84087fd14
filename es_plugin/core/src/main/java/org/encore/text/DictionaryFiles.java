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
import java.util.regex.Pattern;
import org.encore.json.JsonException;
import org.encore.json.JsonReader;

/**
 * The files of one dictionary version, checked against their manifest, and the version against their content.
 *
 * <p>Immutable; the byte arrays are not copied and must not be changed.
 */
public final class DictionaryFiles {
    /** The only schema of manifests so far. */
    public static final long SCHEMA = 1;
    /** Names the version and the checksum of each other file. */
    public static final String MANIFEST = "manifest.json";
    /** The files that make the version, in the order in which its hash lists them. */
    public static final List<String> HASHED = List.of("content.tsv", "hmm.json", "normalize.tsv", "words.tsv");
    /** Every file of a version. */
    public static final List<String> ALL = List.of("content.tsv", "hmm.json", MANIFEST, "normalize.tsv", "words.tsv");
    /** Five times the words of the largest dictionary so far; a bound on memory and disk, not a wish. */
    public static final long MAX_BYTES = 64L << 20;

    private static final Pattern VERSION = Pattern.compile("[0-9a-f]{12}");

    private final String version;
    private final Map<?, ?> manifest;
    private final Map<String, byte[]> contents;
    private final String sha256;

    private DictionaryFiles(String version, Map<?, ?> manifest, Map<String, byte[]> contents, String sha256) {
        this.version = version;
        this.manifest = manifest;
        this.contents = contents;
        this.sha256 = sha256;
    }

    /**
     * The name itself, if it is a version's; to be asked before a name becomes part of a path.
     *
     * @throws DictionaryException if it is not
     */
    public static String checkVersion(String name) {
        if (!isVersion(name)) {
            throw new DictionaryException(
                    "[" + name + "] is no dictionary version: one has twelve hexadecimal digits");
        }
        return name;
    }

    /** Whether a name is a version's: twelve hexadecimal digits. */
    public static boolean isVersion(String name) {
        return VERSION.matcher(name).matches();
    }

    /**
     * Reads the folder that is named by its version.
     *
     * @throws DictionaryException if a file is missing, or differs from what manifest and version promise
     */
    public static DictionaryFiles read(Path folder) {
        String version = folder.getFileName().toString();
        Map<String, byte[]> contents = new LinkedHashMap<>();
        try {
            long bytes = 0;
            for (String name : ALL) {
                Path file = folder.resolve(name);
                try {
                    bytes += Files.size(file);
                    checkSize(version, bytes);
                    contents.put(name, Files.readAllBytes(file));
                } catch (NoSuchFileException e) {
                    if (name.equals(MANIFEST)) {
                        throw e;
                    }
                }
            }
        } catch (IOException e) {
            throw new DictionaryException("dictionary [" + version + "] cannot be read: " + e, e);
        }
        return of(version, contents);
    }

    /**
     * Checks the contents by file name of a version.
     *
     * @throws DictionaryException if a file is missing, or differs from what manifest and version promise
     */
    public static DictionaryFiles of(String version, Map<String, byte[]> contents) {
        checkVersion(version);
        checkSize(version, contents.values().stream().mapToLong(content -> content.length).sum());
        Map<?, ?> manifest = manifest(version, contents.get(MANIFEST));
        StringBuilder listing = new StringBuilder("schema " + SCHEMA + "\n");
        for (String name : HASHED) {
            byte[] content = contents.get(name);
            String found = content == null ? "no such file" : sha256(content);
            Object wanted = manifest.get("files") instanceof Map<?, ?> files ? files.get(name) : null;
            if (!found.equals(wanted)) {
                throw new DictionaryException("dictionary [" + version + "] is damaged: [" + name + "] has checksum ["
                        + found + "] instead of [" + wanted + "]; take the folder again from where it was exported");
            }
            listing.append(name).append(' ').append(found).append('\n');
        }
        String sha256 = sha256(listing.toString().getBytes(StandardCharsets.UTF_8));
        if (!sha256.startsWith(version)) {
            throw new DictionaryException("the files of dictionary [" + version + "] make version ["
                    + sha256.substring(0, version.length()) + "]; a version is named by its content");
        }
        return new DictionaryFiles(version, manifest, Map.copyOf(contents), sha256);
    }

    /** The version, twelve hexadecimal digits. */
    public String version() {
        return version;
    }

    /** The content's whole hash, whose first twelve digits are the version. */
    public String sha256() {
        return sha256;
    }

    /** The bytes of all files. */
    public long bytes() {
        return contents.values().stream().mapToLong(content -> content.length).sum();
    }

    /** The contents by file name; not to be changed. */
    public Map<String, byte[]> contents() {
        return contents;
    }

    double number(String key) {
        if (manifest.get(key) instanceof Number number) {
            return number.doubleValue();
        }
        throw new DictionaryException("dictionary [" + version + "] has no number [" + key + "] in its manifest");
    }

    byte[] content(String name) {
        return contents.get(name);
    }

    private static Map<?, ?> manifest(String version, byte[] json) {
        Map<?, ?> manifest;
        try {
            if (json == null) {
                throw new JsonException("there is no " + MANIFEST);
            }
            if (!(JsonReader.parse(new String(json, StandardCharsets.UTF_8)) instanceof Map<?, ?> read)) {
                throw new JsonException("the manifest is no object");
            }
            manifest = read;
        } catch (JsonException e) {
            throw new DictionaryException("dictionary [" + version + "] cannot be read: " + e, e);
        }
        Object schema = manifest.get("schema");
        if (!Long.valueOf(SCHEMA).equals(schema)) {
            throw new DictionaryException("dictionary [" + version + "] has schema [" + schema
                    + "]; this plugin reads [" + SCHEMA + "]");
        }
        if (!version.equals(manifest.get("version"))) {
            throw new DictionaryException("dictionary [" + version + "] has the manifest of version ["
                    + manifest.get("version") + "]; a version is never renamed");
        }
        return manifest;
    }

    private static void checkSize(String version, long bytes) {
        if (bytes > MAX_BYTES) {
            throw new DictionaryException(
                    "dictionary [" + version + "] has more bytes than [" + MAX_BYTES + "]; give it fewer words");
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
