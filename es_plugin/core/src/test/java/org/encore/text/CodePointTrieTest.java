package org.encore.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CodePointTrieTest {
    @Test
    void growsAndKeepsEveryString() {
        CodePointTrie trie = new CodePointTrie(1);
        Random random = new Random(1);
        Map<String, Integer> nodes = new HashMap<>();
        for (int i = 0; i < 5000; i++) {
            StringBuilder string = new StringBuilder();
            for (int length = 1 + random.nextInt(4); length > 0; length--) {
                string.appendCodePoint(random.nextInt(Character.MIN_SURROGATE));
            }
            nodes.put(string.toString(), trie.insert(string.toString()));
        }
        nodes.forEach((string, node) -> assertEquals(node, find(trie, string)));
        assertEquals(nodes.values().stream().distinct().count(), nodes.size());
    }

    @Test
    void theFirstCodePointOfTheRootIsAnEdgeToo() {
        CodePointTrie trie = new CodePointTrie(1);
        assertEquals(CodePointTrie.NONE, trie.child(CodePointTrie.ROOT, 0));
        assertNotEquals(CodePointTrie.ROOT, trie.insert("\0"));
        assertEquals(1, trie.child(CodePointTrie.ROOT, 0));
        assertEquals(CodePointTrie.ROOT, trie.insert(""));
    }

    private static int find(CodePointTrie trie, String string) {
        int node = CodePointTrie.ROOT;
        for (int codePoint : string.codePoints().toArray()) {
            node = trie.child(node, codePoint);
        }
        return node;
    }
}
