package org.encore.rank;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.encore.json.JsonException;
import org.encore.json.JsonReader;

/**
 * The ranker's answer: a tier and a place within it for each candidate, in the request's order.
 *
 * <pre>
 * "ENCR" · u16 version · u16 flags · u32 n · u32 meta bytes · meta (JSON) · u8[n] tier · f64[n] u
 * </pre>
 *
 * <p>Reading is strict: an answer that is wrong anywhere is wrong as a whole, since half-ranked
 * candidates would mix two scales. Unknown keys of the meta are passed over, so a ranker may say more.
 *
 * <p>The meta's {@code marks} say how the scores came about: one word holds for all; of both, {@code stored} lists
 * the positions of the stored ones.
 * Immutable; arrays are not copied, so don't write to them.
 */
public final class WireResponse {
    private final byte[] tiers;
    private final double[] places;
    private final String generation;
    private final Map<String, Object> versions;
    private final List<String> explanations;
    private final ScoreMark commonMark;
    private final BitSet stored;

    private WireResponse(byte[] tiers, double[] places, Meta meta) {
        this.tiers = tiers;
        this.places = places;
        this.generation = meta.generation;
        this.versions = meta.versions;
        this.explanations = meta.explanations;
        this.commonMark = meta.commonMark();
        this.stored = meta.stored;
    }

    /**
     * Reads an answer.
     *
     * @param body      the answer's bytes, no more and no less
     * @param count     how many candidates the request had
     * @param requestId the request's id, which the answer must repeat
     * @throws WireException the bytes are no answer to that request
     */
    public static WireResponse decode(byte[] body, int count, String requestId) throws WireException {
        if (body.length < Wire.RESPONSE_HEADER_BYTES) {
            throw new WireException("an answer of [" + body.length + "] bytes is shorter than its header");
        }
        ByteBuffer in = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
        int magic = in.getInt();
        if (magic != Wire.RESPONSE_MAGIC) {
            throw new WireException(
                    "an answer starts with [ENCR], not [0x" + Integer.toHexString(Integer.reverseBytes(magic)) + "]");
        }
        int version = Short.toUnsignedInt(in.getShort());
        if (version != Wire.VERSION) {
            throw new WireException("wire version [" + version + "] is not [" + Wire.VERSION + "]");
        }
        int flags = Short.toUnsignedInt(in.getShort());
        if ((flags & ~Wire.EXPLAIN) != 0) {
            throw new WireException("flags [0x" + Integer.toHexString(flags) + "] are unknown");
        }
        long n = Integer.toUnsignedLong(in.getInt());
        if (n != count) {
            throw new WireException("the answer has [" + n + "] candidates, the request [" + count + "]");
        }
        long metaBytes = Integer.toUnsignedLong(in.getInt());
        long expected = Wire.RESPONSE_HEADER_BYTES + metaBytes + 9 * n;
        if (body.length != expected) {
            throw new WireException("the answer has [" + body.length + "] bytes, its header says [" + expected + "]");
        }
        Meta meta = Meta.read(text(body, (int) metaBytes), (flags & Wire.EXPLAIN) != 0, count);
        if (!requestId.equals(meta.requestId)) {
            throw new WireException("the answer is for request [" + meta.requestId + "], not [" + requestId + "]");
        }
        in.position(Wire.RESPONSE_HEADER_BYTES + (int) metaBytes);
        return new WireResponse(tiers(in, count), places(in, count), meta);
    }

    private static String text(byte[] body, int length) throws WireException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body, Wire.RESPONSE_HEADER_BYTES, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new WireException("the answer's meta is no UTF-8");
        }
    }

    private static byte[] tiers(ByteBuffer in, int count) throws WireException {
        byte[] tiers = new byte[count];
        in.get(tiers);
        for (int i = 0; i < count; i++) {
            if (tiers[i] < 0 || tiers[i] > ScoreScale.MAX_TIER) {
                throw new WireException("tier [" + Byte.toUnsignedInt(tiers[i]) + "] of candidate [" + i
                        + "] is above [" + ScoreScale.MAX_TIER + "]");
            }
        }
        return tiers;
    }

    private static double[] places(ByteBuffer in, int count) throws WireException {
        double[] places = new double[count];
        in.asDoubleBuffer().get(places);
        for (int i = 0; i < count; i++) {
            if (!(places[i] >= 0 && places[i] < 1)) {
                throw new WireException("u [" + places[i] + "] of candidate [" + i + "] is not in [0, 1)");
            }
        }
        return places;
    }

    /** Number of candidates. */
    public int count() {
        return tiers.length;
    }

    /** Tier of candidate {@code i}: 0 bad … 3 good. */
    public int tier(int i) {
        return tiers[i];
    }

    /** Place of candidate {@code i} within its tier, in [0, 1). */
    public double u(int i) {
        return places[i];
    }

    /** Score of candidate {@code i} on the search's one scale. */
    public float score(int i) {
        return ScoreScale.fine(tiers[i], places[i]);
    }

    /** The generation that the ranker scored with, or null where it doesn't say. */
    public String generation() {
        return generation;
    }

    /** Versions of models, formula… that made the scores. */
    public Map<String, Object> versions() {
        return versions;
    }

    /** The parts of candidate {@code i}'s score as JSON text, or null where they weren't asked for. */
    public String explanation(int i) {
        return explanations == null ? null : explanations.get(i);
    }

    /** How the score of candidate {@code i} came about, or null where the answer doesn't say. */
    public ScoreMark mark(int i) {
        if (commonMark != null || stored == null) {
            return commonMark;
        }
        return stored.get(i) ? ScoreMark.STORED : ScoreMark.SCORED;
    }

    /** The one mark that all candidates have, or null where they differ or the answer doesn't say. */
    public ScoreMark commonMark() {
        return commonMark;
    }

    /** The meta as it is read; explanations stay text, since few of them will be looked at. */
    private static final class Meta {
        private String requestId;
        private String generation;
        private Map<String, Object> versions = Map.of();
        private List<String> explanations;
        private List<Object> marks = List.of();
        private List<Object> storedPositions;
        private BitSet stored;

        static Meta read(String json, boolean explained, int count) throws WireException {
            Meta meta = new Meta();
            try {
                JsonReader reader = new JsonReader(json);
                reader.expect('{');
                if (!reader.take('}')) {
                    do {
                        meta.member(reader.key(), reader);
                    } while (reader.take(','));
                    reader.expect('}');
                }
                reader.end();
            } catch (JsonException | ClassCastException e) {
                throw new WireException("the answer's meta is wrong: " + e.getMessage());
            }
            meta.check(explained, count);
            return meta;
        }

        @SuppressWarnings("unchecked") // A JSON object has string keys; another value's cast fails and is told.
        private void member(String key, JsonReader reader) {
            switch (key) {
                case "request_id" -> requestId = (String) reader.value();
                case "generation" -> generation = (String) reader.value();
                case "versions" -> versions = (Map<String, Object>) reader.value();
                case "marks" -> marks = (List<Object>) reader.value();
                case "stored" -> storedPositions = (List<Object>) reader.value();
                case "explain" -> explanations = rawItems(reader);
                default -> reader.rawValue();
            }
        }

        private static List<String> rawItems(JsonReader reader) {
            List<String> items = new ArrayList<>();
            reader.expect('[');
            if (reader.take(']')) {
                return items;
            }
            do {
                items.add(reader.rawValue());
            } while (reader.take(','));
            reader.expect(']');
            return items;
        }

        private void check(boolean explained, int count) throws WireException {
            if (!explained) {
                explanations = null;
            } else if (explanations == null || explanations.size() != count) {
                int have = explanations == null ? 0 : explanations.size();
                throw new WireException("the answer explains [" + have + "] of [" + count + "] candidates");
            }
            if (storedPositions != null) {
                stored = positions(storedPositions, count);
            }
        }

        private static BitSet positions(List<Object> listed, int count) throws WireException {
            BitSet positions = new BitSet(count);
            for (Object position : listed) {
                if (!(position instanceof Long at) || at < 0 || at >= count) {
                    throw new WireException("stored [" + position + "] is no position among [" + count + "] candidates");
                }
                positions.set(at.intValue());
            }
            return positions;
        }

        /** A mark of another version of the ranker says nothing here. */
        private ScoreMark commonMark() {
            if (marks.size() != 1) {
                return null;
            }
            for (ScoreMark mark : ScoreMark.values()) {
                if (mark.wireName().equals(marks.get(0))) {
                    return mark;
                }
            }
            return null;
        }
    }
}
