package org.encore.dictionary;

import static org.encore.dictionary.Dictionaries.VERSION;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.encore.dictionary.ListedDictionaries.Listed;
import org.encore.dictionary.NodeDictionaries.State;
import org.encore.text.DictionaryFiles;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One node's keeper in a cluster that the test plays: other nodes, master, threads and time. */
class DictionaryKeeperTest implements DictionaryKeeper.Cluster, DictionaryKeeper.Threads, DictionaryKeeper.Log {
    private static final ClusterView.Peer HERE = new ClusterView.Peer("here", "start-here", "one");
    private static final ClusterView.Peer THERE = new ClusterView.Peer("there", "start-there", "two");

    @TempDir
    Path root;

    private final Deque<Runnable> soon = new ArrayDeque<>();
    private final Deque<Runnable> later = new ArrayDeque<>();
    private final List<Long> pauses = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final List<Map<String, String>> announced = new ArrayList<>();
    private final Map<String, DictionaryStore> others = new HashMap<>();
    private DictionaryFiles files;
    private NodeDictionaries dictionaries;
    private DictionaryKeeper keeper;
    private boolean mute;

    @BeforeEach
    void start() throws IOException {
        files = Dictionaries.files(root);
        dictionaries = new NodeDictionaries(Dictionaries.store(root.resolve("here")), HeapRoom.UNLIMITED);
        keeper = new DictionaryKeeper(dictionaries, this, this, this);
    }

    @Test
    void aListedVersionIsFetchedAndAnnounced() throws IOException {
        thereHasIt();
        keeper.view(view(listed(), Map.of(), ReadyNodes.NONE));
        assertNull(dictionaries.standing(VERSION), "nothing is done on the thread that shows the state");
        work();
        assertEquals(State.READY, dictionaries.standing(VERSION).state());
        assertEquals(List.of(Map.of(VERSION, "")), announced);
        keeper.view(view(listed(), Map.of(), said(Map.of(VERSION, ""))));
        work();
        assertEquals(1, announced.size(), "nothing new to say");
        assertEquals(0, later.size());
    }

    @Test
    void theVersionOfAnIndexIsFetchedThoughNotListed() throws IOException {
        thereHasIt();
        keeper.view(view(ListedDictionaries.NONE, Map.of(VERSION, Set.of("songs")), ReadyNodes.NONE));
        work();
        assertTrue(dictionaries.inMemory(VERSION));
    }

    @Test
    void whatNobodyHasIsSaidAndTriedAgainEverMoreSlowly() throws IOException {
        others.put("there", Dictionaries.store(root.resolve("there")));
        keeper.view(view(listed(), Map.of(), ReadyNodes.NONE));
        work();
        String reason = "no other node gave dictionary [" + VERSION + "] [two: this node has no file [content.tsv] of"
                + " dictionary [" + VERSION + "]]; PUT _encore/dictionary/" + VERSION + " sends it again";
        assertEquals(List.of(Map.of(VERSION, reason)), announced);
        assertEquals(List.of(reason), failures);
        for (int again = 0; again < 8; again++) {
            later.remove().run();
            work();
        }
        assertEquals(List.of(250L, 500L, 1000L, 2000L, 4000L, 8000L, 15000L, 15000L, 15000L), pauses);
        thereHasIt();
        later.remove().run();
        work();
        assertEquals(State.READY, dictionaries.standing(VERSION).state());
        assertEquals(0, later.size(), "all is well");
    }

    @Test
    void aDamagedCopyIsFetchedAnew() throws IOException {
        dictionaries.keep(files);
        Path damaged = root.resolve("here").resolve("data").resolve(VERSION).resolve("words.tsv");
        Files.writeString(damaged, "晴天\t1\t0.0\n");
        dictionaries.reload();
        assertEquals(State.CORRUPT, dictionaries.standing(VERSION).state());
        thereHasIt();
        keeper.view(view(listed(), Map.of(), ReadyNodes.NONE));
        work();
        assertEquals(State.READY, dictionaries.standing(VERSION).state());
        assertTrue(Files.size(damaged) > 20);
    }

    @Test
    void aPeerThatSendsOtherContentIsNotBelieved() throws IOException {
        thereHasIt();
        ListedDictionaries other =
                ListedDictionaries.NONE.with(VERSION, new Listed(VERSION + "0000", files.bytes(), 1));
        keeper.view(view(other, Map.of(), ReadyNodes.NONE));
        work();
        assertNull(dictionaries.standing(VERSION));
        assertTrue(failures.get(0).contains("two: its content is [" + files.sha256() + "] instead of ["
                + VERSION + "0000]"));
    }

    @Test
    void whatIsTakenOffTheListIsGoneAtOnce() throws IOException {
        dictionaries.keep(files);
        keeper.view(view(listed(), Map.of(), ReadyNodes.NONE));
        work();
        keeper.view(view(ListedDictionaries.NONE, Map.of(), said(Map.of(VERSION, ""))));
        assertNull(dictionaries.standing(VERSION));
        work();
        assertFalse(Files.exists(root.resolve("here").resolve("data").resolve(VERSION)));
        assertEquals(Map.of(), announced.get(announced.size() - 1));
    }

    @Test
    void nothingIsDeletedByANodeThatDoesNotKnowItsClusterYet() throws IOException {
        dictionaries.keep(files);
        keeper.view(new ClusterView(
                false, false, true, HERE.start(), List.of(HERE), ListedDictionaries.NONE, Map.of(), ReadyNodes.NONE));
        work();
        assertEquals(State.READY, dictionaries.standing(VERSION).state());
        assertEquals(List.of(), announced, "there is no master to be told");
        assertEquals(1, later.size());
    }

    @Test
    void whatIsReceivedStaysUntilItIsListedOrDismissed() throws IOException {
        keeper.receive(files);
        keeper.view(view(ListedDictionaries.NONE, Map.of(), ReadyNodes.NONE));
        work();
        assertEquals(State.READY, dictionaries.standing(VERSION).state());
        keeper.dismiss(VERSION);
        work();
        assertNull(dictionaries.standing(VERSION));
    }

    @Test
    void aMasterThatDoesNotHearIsToldAgain() throws IOException {
        dictionaries.keep(files);
        mute = true;
        keeper.view(view(listed(), Map.of(), ReadyNodes.NONE));
        work();
        assertEquals(List.of("the master could not be told how dictionaries stand: busy"), failures);
        mute = false;
        later.remove().run();
        work();
        assertEquals(List.of(Map.of(VERSION, "")), announced);
    }

    private void thereHasIt() throws IOException {
        DictionaryStore store = Dictionaries.store(root.resolve("there"));
        store.write(files);
        others.put("there", store);
    }

    private ListedDictionaries listed() {
        return ListedDictionaries.NONE.with(VERSION, new Listed(files.sha256(), files.bytes(), 1));
    }

    private static ReadyNodes said(Map<String, String> here) {
        return ReadyNodes.NONE.with(HERE.start(), here, Set.of(HERE.start()));
    }

    private static ClusterView view(ListedDictionaries listed, Map<String, Set<String>> users, ReadyNodes ready) {
        return new ClusterView(true, true, true, HERE.start(), List.of(HERE, THERE), listed, users, ready);
    }

    private void work() {
        while (!soon.isEmpty()) {
            soon.remove().run();
        }
    }

    @Override
    public DictionaryChunk chunk(String node, String version, String file, long offset) throws IOException {
        return others.get(node).chunk(version, file, offset, 100);
    }

    @Override
    public void announce(Map<String, String> versions) throws IOException {
        if (mute) {
            throw new IOException("busy");
        }
        announced.add(versions);
    }

    @Override
    public void run(Runnable work) {
        soon.add(work);
    }

    @Override
    public void later(Runnable work, long milliseconds) {
        pauses.add(milliseconds);
        later.add(work);
    }

    @Override
    public void done(String message) {}

    @Override
    public void failed(String message) {
        failures.add(message);
    }
}
