package org.encore.dictionary;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.lucene.util.IOUtils;
import org.encore.text.DictionaryException;
import org.encore.text.DictionaryFiles;

/**
 * The dictionary folders of one node, each named by its version.
 *
 * <p>Two roots: the node's configuration, where whoever installs the node may put folders, which is only read;
 * and its data, where those lie that came through the cluster, and which is looked at first. A folder appears
 * in the data whole, checked and on the disk, or not at all. Not thread-safe but for reading.
 */
public final class DictionaryStore {
    /** Where a copy lies. */
    public enum Origin {
        /** In the node's data folder: it came through the cluster. */
        DATA,
        /** In the node's configuration folder: somebody put it there. */
        CONFIG
    }

    private static final String UNFINISHED = ".unfinished-";

    private final Path config;
    private final Path data;

    /**
     * Works on two folders, which need not exist.
     *
     * @param config only read
     * @param data made when the first version comes
     */
    public DictionaryStore(Path config, Path data) {
        this.config = config;
        this.data = data;
    }

    /** The folder where whoever installs the node may put dictionaries. */
    public Path config() {
        return config;
    }

    /** The versions that have a folder, with where it lies; nothing is checked. */
    public Map<String, Origin> scan() {
        Map<String, Origin> found = new TreeMap<>();
        names(config).forEach(version -> found.put(version, Origin.CONFIG));
        names(data).forEach(version -> found.put(version, Origin.DATA));
        return found;
    }

    /**
     * Reads and checks a version's files.
     *
     * @throws DictionaryException if it is not here, or damaged
     */
    public DictionaryFiles read(String version, Origin origin) {
        return DictionaryFiles.read(folder(version, origin));
    }

    /**
     * Keeps a version in the data folder, in the place of what is there under its name.
     *
     * @throws IOException if the disk is full, or the folder cannot be written
     */
    public void write(DictionaryFiles files) throws IOException {
        Files.createDirectories(data);
        Path unfinished = data.resolve(UNFINISHED + files.version());
        remove(unfinished);
        Files.createDirectory(unfinished);
        for (Map.Entry<String, byte[]> file : files.contents().entrySet()) {
            Path path = unfinished.resolve(file.getKey());
            Files.write(path, file.getValue());
            IOUtils.fsync(path, false);
        }
        IOUtils.fsync(unfinished, true);
        Path target = folder(files.version(), Origin.DATA);
        remove(target);
        Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        IOUtils.fsync(data, true);
    }

    /** Deletes a version, or what is left of it, from the data folder. */
    public void delete(String version) throws IOException {
        remove(folder(version, Origin.DATA));
    }

    /** Deletes what a node that was killed left unfinished. */
    public void sweep() throws IOException {
        if (Files.isDirectory(data)) {
            try (Stream<Path> paths = Files.list(data)) {
                for (Path path : paths.filter(path -> path.getFileName().toString().startsWith(UNFINISHED)).toList()) {
                    remove(path);
                }
            }
        }
    }

    /**
     * A part of a file, for another node.
     *
     * @param file one of {@link DictionaryFiles#ALL}
     * @param length the most bytes to read
     * @throws DictionaryException if there is no such version or file
     */
    public DictionaryChunk chunk(String version, String file, long offset, int length) throws IOException {
        DictionaryFiles.checkVersion(version);
        if (!DictionaryFiles.ALL.contains(file)) {
            throw new DictionaryException("[" + file + "] is no file of a dictionary: there are " + DictionaryFiles.ALL);
        }
        for (Origin origin : Origin.values()) {
            try (FileChannel channel =
                    FileChannel.open(folder(version, origin).resolve(file), StandardOpenOption.READ)) {
                long size = channel.size();
                ByteBuffer bytes = ByteBuffer.allocate((int) Math.max(0, Math.min(length, size - offset)));
                while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) >= 0) {
                    // until the part is whole
                }
                return new DictionaryChunk(size, bytes.array());
            } catch (NoSuchFileException e) {
                continue;
            }
        }
        throw new DictionaryException("this node has no file [" + file + "] of dictionary [" + version + "]");
    }

    private Path folder(String version, Origin origin) {
        return (origin == Origin.DATA ? data : config).resolve(DictionaryFiles.checkVersion(version));
    }

    private static Stream<String> names(Path root) {
        if (!Files.isDirectory(root)) {
            return Stream.empty();
        }
        try (Stream<Path> folders = Files.list(root)) {
            return folders.map(folder -> folder.getFileName().toString())
                    .filter(DictionaryFiles::isVersion)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException("[" + root + "] cannot be listed", e);
        }
    }

    private static void remove(Path folder) throws IOException {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, IOException failed) throws IOException {
                    if (failed != null) {
                        throw failed;
                    }
                    Files.delete(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException e) {
            // already gone
        }
    }
}
