package org.encore.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.encore.plan.QueryPlan.Entity;
import org.encore.plan.QueryPlan.Filter;
import org.encore.plan.QueryPlan.Segment;
import org.encore.plan.QueryPlan.Versions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Plans kept as files: {@code tests/contract/test_plan_fixtures.py} is the other half. */
class QueryPlanFixturesTest {
    @TestFactory
    List<DynamicTest> validPlansAreRead() throws IOException {
        List<Path> files = PlanFixtures.files("valid");
        assertTrue(files.size() >= 8);
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    Map<String, Object> kept = PlanFixtures.read(file);
                    QueryPlan plan = QueryPlan.read(PlanFixtures.body(kept));
                    Map<?, ?> written = (Map<?, ?>) kept.get("plan");
                    assertEquals(written.get("normalized"), plan.normalized());
                    assertEquals(((List<?>) written.get("segments")).size(), plan.segments().size());
                    assertEquals(((List<?>) written.get("entities")).size(), plan.entities().size());
                    assertEquals(((List<?>) written.get("filters")).size(), plan.filters().size());
                    assertEquals(written.containsKey("vector"), plan.vector() != null);
                }))
                .toList();
    }

    @TestFactory
    List<DynamicTest> invalidPlansAreRefusedAtTheirField() throws IOException {
        List<Path> files = PlanFixtures.files("invalid");
        assertTrue(files.size() >= 40);
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    Map<String, Object> kept = PlanFixtures.read(file);
                    PlanException refused =
                            assertThrows(PlanException.class, () -> QueryPlan.read(PlanFixtures.body(kept)));
                    // What the reader of JSON itself refuses has no field here: a number beyond a double's range.
                    String where = kept.containsKey("text") ? "" : (String) kept.get("where");
                    assertEquals(where, refused.where(), refused.getMessage());
                    String start = where.isEmpty() ? "no plan: [" : "the plan is wrong at [" + where + "]: [";
                    assertTrue(refused.getMessage().startsWith(start), refused.getMessage());
                }))
                .toList();
    }

    @Test
    void aPlanIsReadWhole() throws Exception {
        QueryPlan plan = PlanFixtures.valid("exact");
        assertEquals("videos-20260101-ab12", plan.generation());
        assertEquals(new Versions("d41f00aa12bc", "1", "5f2a90c1d3e4"), plan.versions());
        assertEquals(
                List.of(new Segment("周杰伦", 0, 3, 4.125), new Segment("晴天", 4, 6, 5.5)), plan.segments());
        assertEquals(
                List.of(
                        new Entity(EntityKind.ARTIST, "a7", "周杰伦", List.of("周杰伦", "jay chou", "周董"), 0, 3, 1, false),
                        new Entity(EntityKind.SONG, "s31", "晴天", List.of("晴天"), 4, 6, 1, false)),
                plan.entities());
        assertNull(plan.vector());
        assertEquals(
                List.of(new Filter("tags.keyword", List.of("现场", "live")), new Filter("uploader.keyword", List.of("晴天字幕组"))),
                PlanFixtures.valid("filters").filters());
        assertArrayEquals(new float[] {0.5f, -0.5f, 0.5f, 0.5f}, PlanFixtures.valid("vector").vector());
    }

    private static String refusal(String body) {
        return assertThrows(PlanException.class, () -> QueryPlan.read(body.getBytes(StandardCharsets.UTF_8)))
                .getMessage();
    }

    @Test
    void aRefusalNamesFieldAndValue() throws Exception {
        assertEquals("no plan: [must be an object, got [a list]]", refusal("[]"));
        assertEquals("no plan: [misses [schema]]", refusal("{}"));
        assertEquals("the plan is wrong at [schema]: [is [2], not [1] to [1]]", refusal("{\"schema\": 2}"));
        assertEquals("no plan: [the body is no JSON: the text ends too early at [0]]", refusal(""));
        assertEquals(
                "the plan is wrong at [generation]: [must be a string, got [null]]",
                refusal("{\"schema\": 1, \"generation\": null}"));
        assertEquals(
                "no plan: [the body is no UTF-8]",
                assertThrows(PlanException.class, () -> QueryPlan.read(new byte[] {'"', (byte) 0xff, '"'}))
                        .getMessage());
    }
}
