package org.encore.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.encore.plan.RecallClause.Entities;
import org.encore.plan.RecallClause.Filter;
import org.encore.plan.RecallClause.Place;
import org.encore.plan.RecallClause.Proximity;
import org.encore.plan.RecallClause.Reading;
import org.encore.plan.RecallClause.Text;
import org.encore.plan.RecallClause.Vector;
import org.junit.jupiter.api.Test;

class RecallTest {
    private static final List<String> ARTIST = List.of("title", "tags", "uploader");
    private static final List<String> SONG = List.of("title", "tags");
    private static final Text WORDS = new Text(
            "encore.text",
            "hebe 现场",
            List.of("title", "tags", "uploader"),
            new Proximity("encore.proximity", "title.cut", "hebe 现场", 4));

    private static RecallRequest asked(Route... routes) {
        Set<Route> all = routes.length == 0 ? Route.all() : EnumSet.copyOf(List.of(routes));
        return new RecallRequest("hebe 现场", null, Map.of(), all);
    }

    @Test
    void withoutAPlanTheWordsAloneAreLookedFor() {
        for (RecallRequest asked : List.of(asked(), asked(Route.VECTOR), asked(Route.TEXT))) {
            Recall recall = Recall.of(asked, null);
            assertEquals(List.of(WORDS), recall.found());
            assertEquals(new RecallClause.Popularity("encore.popularity", "popularity", 0.05f), recall.popularity());
            assertEquals(List.of(), recall.filters());
        }
    }

    @Test
    void aVerseIsLookedForByItsStart() {
        String verse = "𠮷".repeat(512);
        Text words = (Text) Recall.of(new RecallRequest(verse, null, Map.of(), Route.all()), null).found().get(0);
        assertEquals("𠮷".repeat(160), words.text());
        assertEquals("𠮷".repeat(160), words.near().text());
    }

    @Test
    void eachKindOfEntityIsOneClause() throws Exception {
        Recall recall = Recall.of(asked(), PlanFixtures.valid("alias_live"));
        assertEquals(
                List.of(
                        WORDS,
                        new Entities(
                                "encore.entity.artist",
                                List.of(new Place(List.of(new Reading(List.of("田馥甄", "hebe"), ARTIST, 8))))),
                        new Entities(
                                "encore.entity.version",
                                List.of(new Place(List.of(new Reading(
                                        List.of("现场", "live", "live版", "现场版", "演唱会"), SONG, 2)))))),
                recall.found());
    }

    @Test
    void aGuessWeighsLessByItsTrust() throws Exception {
        Recall recall = Recall.of(asked(Route.ENTITY), PlanFixtures.valid("guessed"));
        assertEquals(
                List.of(
                        new Entities(
                                "encore.entity.artist",
                                List.of(new Place(List.of(
                                        new Reading(List.of("周杰伦", "jay chou", "周董"), ARTIST, (float) (8 * 0.9)))))),
                        new Entities(
                                "encore.entity.song",
                                List.of(new Place(List.of(new Reading(List.of("晴天"), SONG, (float) (8 * 0.9))))))),
                recall.found());
    }

    @Test
    void readingsOfOnePlaceStandTogether() {
        QueryPlan plan = plan(
                entity(EntityKind.SONG, "s1", 0, 2, 1, "晴天"),
                entity(EntityKind.SONG, "s2", 3, 5, 1, "七里香"),
                entity(EntityKind.SONG, "s3", 0, 2, 0.5, "晴天"));
        assertEquals(
                List.of(new Entities(
                        "encore.entity.song",
                        List.of(
                                new Place(List.of(
                                        new Reading(List.of("晴天"), SONG, 8), new Reading(List.of("晴天"), SONG, 4))),
                                new Place(List.of(new Reading(List.of("七里香"), SONG, 8)))))),
                Recall.of(asked(Route.ENTITY), plan).found());
    }

    @Test
    void theVectorIsLookedForWhereItsRouteIsTaken() throws Exception {
        QueryPlan plan = PlanFixtures.valid("vector");
        List<RecallClause> found = Recall.of(asked(Route.VECTOR), plan).found();
        Vector vector = (Vector) found.get(0);
        assertEquals(1, found.size());
        assertEquals("encore.vector", vector.name());
        assertEquals("title_vector", vector.field());
        assertArrayEquals(new float[] {0.5f, -0.5f, 0.5f, 0.5f}, vector.vector());
        assertEquals(List.of(100, 200), List.of(vector.neighbours(), vector.candidates()));
        assertEquals(10, vector.boost());
        assertEquals(List.of(WORDS), Recall.of(asked(Route.TEXT), plan).found());
    }

    @Test
    void aPlansFiltersHoldWhateverTheRoute() throws Exception {
        QueryPlan plan = PlanFixtures.valid("filters");
        for (RecallRequest asked : List.of(asked(), asked(Route.TEXT), asked(Route.ENTITY))) {
            assertEquals(
                    List.of(
                            new Filter("encore.filter", "tags.keyword", List.of("现场", "live")),
                            new Filter("encore.filter", "uploader.keyword", List.of("晴天字幕组"))),
                    Recall.of(asked, plan).filters());
        }
    }

    @Test
    void noPlanMakesTooManyClauses() throws Exception {
        int most = Recall.of(asked(), PlanFixtures.valid("largest")).clauses();
        assertTrue(most < Recall.MOST_CLAUSES, most + " clauses");
        // The three around them, the words' three, the artist's: its clause, its place, its reading and two names; version: five.
        assertEquals(3 + 3 + 5 + 8, Recall.of(asked(), PlanFixtures.valid("alias_live")).clauses());
    }

    @Test
    void theConstantsAreTheRankersToo() throws Exception {
        Map<String, Object> kept = PlanFixtures.read(PlanFixtures.FOLDER.resolve("boosts.json"));
        Map<?, ?> text = (Map<?, ?>) kept.get("text");
        assertEquals(text.get("fields"), Recall.TEXT_FIELDS);
        Map<?, ?> proximity = (Map<?, ?>) kept.get("proximity");
        assertEquals(proximity.get("field"), Recall.PROXIMITY_FIELD);
        assertEquals(proximity.get("boost"), (double) Recall.PROXIMITY_BOOST);
        Map<?, ?> popularity = (Map<?, ?>) kept.get("popularity");
        assertEquals(popularity.get("field"), Recall.POPULARITY_FIELD);
        assertEquals(((Double) popularity.get("weight")).floatValue(), Recall.POPULARITY_WEIGHT);
        for (EntityKind kind : EntityKind.values()) {
            Map<?, ?> entity = (Map<?, ?>) ((Map<?, ?>) kept.get("entities")).get(kind.wireName());
            assertEquals(entity.get("boost"), Recall.boost(kind));
            assertEquals(entity.get("fields"), Recall.fields(kind));
        }
        Map<?, ?> vector = (Map<?, ?>) kept.get("vector");
        assertEquals(vector.get("field"), Recall.VECTOR_FIELD);
        assertEquals(vector.get("boost"), (double) Recall.VECTOR_BOOST);
        assertEquals(vector.get("neighbours"), (long) Recall.NEIGHBOURS);
    }

    private static QueryPlan plan(QueryPlan.Entity... entities) {
        QueryPlan.Versions versions = new QueryPlan.Versions("", "", "");
        return new QueryPlan("g", versions, "", List.of(), List.of(entities), List.of(), null);
    }

    private static QueryPlan.Entity entity(EntityKind kind, String id, int start, int end, double trust, String name) {
        return new QueryPlan.Entity(kind, id, name, List.of(name), start, end, trust, false);
    }
}
