package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireResponseTest {
    private static final int[] TIERS = {3, 0};
    private static final double[] PLACES = {0.25, 0.5};

    private static String refused(byte[] body) {
        return assertThrows(WireException.class, () -> WireResponse.decode(body, 2, "r1")).getMessage();
    }

    private static byte[] good() {
        return Wires.answer(Wires.meta("r1"), 0, TIERS, PLACES);
    }

    private static byte[] changed(int at, int value) {
        byte[] body = good();
        ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
        return body;
    }

    @Test
    void readsTiersAndPlaces() throws WireException {
        WireResponse response = WireResponse.decode(good(), 2, "r1");
        assertEquals(2, response.count());
        assertEquals(3, response.tier(0));
        assertEquals(0.5, response.u(1));
        assertEquals(4.25f, response.score(0));
        assertEquals(1.5f, response.score(1));
        assertEquals("g1", response.generation());
        assertEquals(Map.of("mmoe", "1"), response.versions());
        assertNull(response.explanation(0));
    }

    @Test
    void readsNothingForNothing() throws WireException {
        byte[] body = Wires.answer(Wires.meta("r1"), 0, new int[0], new double[0]);
        assertEquals(0, WireResponse.decode(body, 0, "r1").count());
    }

    @Test
    void keepsPartsAsText() throws WireException {
        String meta = "{\"request_id\":\"r1\",\"later\":[{}],\"explain\":[{\"click\": 0.5}, {\"click\":1e-3}]}";
        WireResponse response = WireResponse.decode(Wires.answer(meta, 1, TIERS, PLACES), 2, "r1");
        assertEquals("{\"click\": 0.5}", response.explanation(0));
        assertEquals("{\"click\":1e-3}", response.explanation(1));
        assertNull(response.generation());
    }

    private static WireResponse marked(String marks) throws WireException {
        String meta = "{\"request_id\":\"r1\"," + marks + "}";
        return WireResponse.decode(Wires.answer(meta, 0, TIERS, PLACES), 2, "r1");
    }

    @Test
    void oneMarkHoldsForAll() throws WireException {
        for (ScoreMark mark : ScoreMark.values()) {
            WireResponse response = marked("\"marks\":[\"" + mark.wireName() + "\"]");
            assertEquals(mark, response.commonMark());
            assertEquals(mark, response.mark(1));
        }
    }

    @Test
    void ofBothMarksEachCandidateHasItsOwn() throws WireException {
        WireResponse response = marked("\"marks\":[\"stored\",\"scored\"],\"stored\":[1]");
        assertNull(response.commonMark());
        assertEquals(ScoreMark.SCORED, response.mark(0));
        assertEquals(ScoreMark.STORED, response.mark(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"marks\":[]", "\"marks\":[\"stored\",\"scored\"]", "\"marks\":[\"guessed\"]", "\"later\":1"})
    void whatTheAnswerDoesNotSayIsUnknown(String marks) throws WireException {
        assertNull(marked(marks).mark(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "2", "1.5", "\"1\"", "null"})
    void refusesPositionsOfNoCandidate(String position) {
        String message = assertThrows(WireException.class, () -> marked("\"stored\":[" + position + "]")).getMessage();
        assertEquals("stored [" + position.replace("\"", "") + "] is no position among [2] candidates", message);
    }

    @Test
    void refusesEveryShortening() {
        byte[] body = good();
        for (int length = 0; length < body.length; length++) {
            byte[] cut = Arrays.copyOf(body, length);
            assertThrows(WireException.class, () -> WireResponse.decode(cut, 2, "r1"), () -> "" + cut.length);
        }
        assertEquals("an answer of [15] bytes is shorter than its header", refused(Arrays.copyOf(body, 15)));
        assertEquals(
                "the answer has [" + (body.length - 1) + "] bytes, its header says [" + body.length + "]",
                refused(Arrays.copyOf(body, body.length - 1)));
    }

    @Test
    void refusesMoreBytesThanTheHeaderSays() {
        byte[] body = good();
        assertEquals(
                "the answer has [" + (body.length + 1) + "] bytes, its header says [" + body.length + "]",
                refused(Arrays.copyOf(body, body.length + 1)));
    }

    @Test
    void refusesAnotherMagicVersionOrFlag() {
        assertEquals("an answer starts with [ENCR], not [0x48545450]", refused(changed(0, 'H' | 'T' << 8 | 'T' << 16 | 'P' << 24)));
        assertEquals("wire version [2] is not [1]", refused(changed(4, 2)));
        assertEquals("flags [0x4] are unknown", refused(changed(4, 1 | 4 << 16)));
    }

    @Test
    void refusesMissingAndExtraCandidates() {
        byte[] one = Wires.answer(Wires.meta("r1"), 0, new int[] {1}, new double[] {0});
        assertEquals("the answer has [1] candidates, the request [2]", refused(one));
        byte[] three = Wires.answer(Wires.meta("r1"), 0, new int[] {1, 1, 1}, new double[] {0, 0, 0});
        assertEquals("the answer has [3] candidates, the request [2]", refused(three));
        assertEquals("the answer has [4294967295] candidates, the request [2]", refused(changed(8, -1)));
    }

    @Test
    void refusesAMetaLengthBeyondTheBody() {
        byte[] body = changed(12, -1);
        assertEquals(
                "the answer has [" + body.length + "] bytes, its header says [" + (16 + 4294967295L + 18) + "]", refused(body));
    }

    @Test
    void refusesTiersAboveThree() {
        assertEquals(
                "tier [4] of candidate [1] is above [3]",
                refused(Wires.answer(Wires.meta("r1"), 0, new int[] {0, 4}, PLACES)));
        assertEquals(
                "tier [255] of candidate [0] is above [3]",
                refused(Wires.answer(Wires.meta("r1"), 0, new int[] {255, 0}, PLACES)));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, 1.0, -1e-9, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1.5})
    void refusesPlacesOutsideTheTier(double u) {
        assertEquals(
                "u [" + u + "] of candidate [1] is not in [0, 1)",
                refused(Wires.answer(Wires.meta("r1"), 0, TIERS, new double[] {0, u})));
    }

    @Test
    void refusesAnotherSearchesAnswer() {
        assertEquals(
                "the answer is for request [r2], not [r1]", refused(Wires.answer(Wires.meta("r2"), 0, TIERS, PLACES)));
        assertEquals("the answer is for request [null], not [r1]", refused(Wires.answer("{}", 0, TIERS, PLACES)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{\"request_id\":1}", "{\"request_id\":\"r1\"", "{\"request_id\":\"r1\"}x", "{\"versions\":[]}"})
    void refusesAMetaThatIsNone(String meta) {
        String message = refused(Wires.answer(meta, 0, TIERS, PLACES));
        assertEquals("the answer's meta is wrong: ", message.substring(0, "the answer's meta is wrong: ".length()));
    }

    @Test
    void refusesAMetaThatIsNoText() {
        byte[] body = good();
        body[17] = (byte) 0xff;
        assertEquals("the answer's meta is no UTF-8", refused(body));
    }

    @Test
    void refusesPartsForOtherCandidates() {
        String two = "{\"request_id\":\"r1\",\"explain\":[{}]}";
        assertEquals("the answer explains [1] of [2] candidates", refused(Wires.answer(two, 1, TIERS, PLACES)));
        assertEquals(
                "the answer explains [0] of [2] candidates", refused(Wires.answer(Wires.meta("r1"), 1, TIERS, PLACES)));
    }

    @Test
    void whateverComesIsAnAnswerOrRefused() {
        Random random = new Random(5);
        String meta = "{\"request_id\":\"r1\",\"versions\":{\"m\":\"1\"},\"explain\":[{\"a\":[1.5e2]},{\"b\":null}]}";
        byte[] whole = Wires.answer(meta, 1, TIERS, PLACES);
        int refused = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] body = random.nextInt(4) == 0 ? Arrays.copyOf(whole, random.nextInt(2 * whole.length)) : whole.clone();
            for (int change = random.nextInt(4); change > 0 && body.length > 0; change--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            try {
                WireResponse response = WireResponse.decode(body, 2, "r1");
                assertTrue(response.score(0) >= 1 && response.score(1) < 5);
            } catch (WireException e) {
                refused++;
            }
        }
        assertTrue(refused > 20_000 && refused < 50_000, "" + refused);
    }
}
