package org.encore.dictionary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.encore.text.Dictionary;
import org.encore.text.DictionaryException;
import org.encore.text.TinyDictionary;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadedDictionariesTest {
    private static final String VERSION = TinyDictionary.VERSION;

    @TempDir
    Path root;

    private final AtomicInteger loads = new AtomicInteger();

    @BeforeEach
    void write() throws IOException {
        TinyDictionary.write(root);
    }

    @Test
    void twoWhoAskAtOnceWaitForOneLoad() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        LoadedDictionaries loaded = new LoadedDictionaries(version -> {
            begun.countDown();
            await(mayEnd);
            return load();
        });
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            CompletableFuture<Dictionary> first =
                    CompletableFuture.supplyAsync(() -> loaded.get(VERSION), threads);
            await(begun);
            CompletableFuture<Dictionary> second =
                    CompletableFuture.supplyAsync(() -> loaded.get(VERSION), threads);
            assertFalse(loaded.holds(VERSION), "asking does not wait for the load");
            mayEnd.countDown();
            assertSame(first.get(10, TimeUnit.SECONDS), second.get(10, TimeUnit.SECONDS));
        }
        assertEquals(1, loads.get());
    }

    @Test
    void oneThatFailedIsTriedAgain() {
        LoadedDictionaries loaded = new LoadedDictionaries(version -> {
            if (loads.get() == 0) {
                loads.incrementAndGet();
                throw new DictionaryException("no luck");
            }
            return load();
        });
        assertEquals(
                "no luck",
                assertThrows(DictionaryException.class, () -> loaded.get(VERSION)).getMessage());
        assertEquals(VERSION, loaded.get(VERSION).version());
    }

    @Test
    void theLastOneStaysThoughNobodyUsesItYet() {
        LoadedDictionaries loaded = new LoadedDictionaries(version -> load());
        loaded.get(VERSION);
        System.gc();
        assertTrue(loaded.holds(VERSION));
    }

    @Test
    void whatIsNoLongerUsedGoesWhenAnotherCame() throws IOException {
        String other = TinyDictionary.write(root, "雁").getFileName().toString();
        LoadedDictionaries loaded = new LoadedDictionaries(this::load);
        loaded.pin(Set.of(VERSION));
        loaded.get(other);
        System.gc();
        assertTrue(loaded.holds(VERSION), "an index uses it");
        loaded.pin(Set.of());
        assertTrue(isFreed(loaded));
        assertTrue(loaded.holds(other), "it was the last");
    }

    @Test
    void whatAnAnalyzerHoldsStaysTheOneCopy() {
        LoadedDictionaries loaded = new LoadedDictionaries(version -> load());
        DictionaryHandle handle = new DictionaryHandle(VERSION, loaded);
        assertEquals(0, loads.get(), "a handle loads nothing");
        Dictionary first = handle.get();
        System.gc();
        assertSame(first, loaded.get(VERSION));
        assertSame(first, handle.get());
        assertEquals(1, loads.get());
    }

    @Test
    void aPinThatCannotBeLoadedHarmsNoOther() {
        LoadedDictionaries loaded = new LoadedDictionaries(version -> {
            if (version.equals("000000000000")) {
                throw new DictionaryException("damaged");
            }
            return load();
        });
        loaded.pin(Set.of("000000000000", VERSION));
        assertTrue(loaded.holds(VERSION));
        assertFalse(loaded.holds("000000000000"));
    }

    private Dictionary load() {
        return load(VERSION);
    }

    private Dictionary load(String version) {
        loads.incrementAndGet();
        return Dictionary.load(root.resolve(version));
    }

    private static boolean isFreed(LoadedDictionaries loaded) {
        for (int collections = 0; collections < 20 && loaded.holds(VERSION); collections++) {
            System.gc();
        }
        return !loaded.holds(VERSION);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(10, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
