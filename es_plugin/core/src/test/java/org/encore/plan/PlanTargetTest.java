package org.encore.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.encore.plan.PlanTarget.Index;
import org.encore.rescore.IndexMeta;
import org.junit.jupiter.api.Test;

class PlanTargetTest {
    private static Index index(String name, String generation, int dimensions, Long offset) {
        return new Index(name, generation, dimensions, offset);
    }

    @Test
    void oneIndexIsItsGeneration() {
        assertEquals(new PlanTarget("a", "g", 512, 7L), PlanTarget.of(List.of(index("a", "g", 512, 7L))));
    }

    @Test
    void anIndexAloneGoesByItsNameWhereItNamesNone() {
        assertEquals(new PlanTarget("a", "a", 4, 0L), PlanTarget.of(List.of(index("a", null, 4, 0L))));
    }

    @Test
    void indicesOfOneGenerationAreSearchedByIt() {
        assertEquals(
                new PlanTarget("a", "g", 4, 7L),
                PlanTarget.of(List.of(index("b", "g", 4, 7L), index("a", "g", 4, 7L))));
    }

    @Test
    void indicesThatNameNoneAreSearchedByTheOthersPlan() {
        assertEquals(
                new PlanTarget("b", "g", 4, null),
                PlanTarget.of(List.of(index("a", null, 0, 0L), index("b", "g", 4, 7L))));
        assertEquals(
                new PlanTarget(null, null, 0, 0L),
                PlanTarget.of(List.of(index("a", null, 0, 0L), index("b", null, 0, 0L))));
        assertEquals(PlanTarget.NONE, PlanTarget.of(List.of()));
    }

    @Test
    void generationsThatDifferAreRefused() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> PlanTarget.of(List.of(index("b", "g2", 4, 0L), index("a", "g1", 4, 0L))));
        assertEquals(
                "[encore] searches one generation, and indices [a] and [b] are of [g1] and [g2]: search them apart",
                refused.getMessage());
    }

    @Test
    void vectorsOfSeveralLengthsAreNotSearched() {
        assertEquals(0, PlanTarget.of(List.of(index("a", "g", 4, 0L), index("b", "g", 8, 0L))).dimensions());
    }

    private static Index read(Map<String, Object> mapping) {
        IndexMeta.Version version = new IndexMeta.Version("a", "uuid", 1);
        return new PlanIndices().of(version, () -> mapping);
    }

    @Test
    void aMappingIsReadInTheWordsOfEitherEngine() {
        Map<String, Object> meta = Map.of("generation", "g", "clock_offset_ms", -5);
        assertEquals(
                index("a", "g", 512, -5L),
                read(Map.of("_meta", meta, "properties", Map.of("title_vector", Map.of("type", "dense_vector", "dims", 512)))));
        assertEquals(
                index("a", "g", 512, -5L),
                read(Map.of(
                        "_meta", meta, "properties", Map.of("title_vector", Map.of("type", "knn_vector", "dimension", 512)))));
    }

    @Test
    void aMappingThatSaysNothingIsNothing() {
        assertEquals(index("a", null, 0, 0L), read(null));
        assertEquals(index("a", null, 0, 0L), read(Map.of("properties", Map.of("title", Map.of()))));
        assertEquals(index("a", null, 0, null), read(Map.of("_meta", Map.of("clock_offset_ms", "tomorrow"))));
    }
}
