package org.encore.rank;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * One scoring call: a shard's candidates and the search that they belong to.
 *
 * <pre>
 * "ENCQ" · u16 version · u16 flags · u32 n · u32 meta bytes · u32 id bytes
 * · meta (JSON) · f32[n] coarse scores · u32[n] end of each id in the id block · id block (UTF-8)
 * </pre>
 *
 * @param explain whether the answer shall carry the parts of each score
 */
public record WireRequest(SearchIdentity identity, Candidates candidates, boolean explain) {

    /**
     * The request as bytes, made in one allocation.
     *
     * @throws WireException the request exceeds a limit of the wire
     */
    public byte[] encode() throws WireException {
        int n = candidates.count();
        if (n > Wire.MAX_CANDIDATES) {
            throw new WireException("[" + n + "] candidates exceed the limit of [" + Wire.MAX_CANDIDATES + "]");
        }
        byte[] meta = identity.toJson().getBytes(StandardCharsets.UTF_8);
        int idBytes = candidates.idBytes();
        long size = Wire.REQUEST_HEADER_BYTES + meta.length + 8L * n + idBytes;
        if (size > Wire.MAX_REQUEST_BYTES) {
            throw new WireException("a request of [" + size + "] bytes exceeds the limit of ["
                    + Wire.MAX_REQUEST_BYTES + "]");
        }
        ByteBuffer out = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(Wire.REQUEST_MAGIC).putShort((short) Wire.VERSION);
        out.putShort((short) (explain ? Wire.EXPLAIN : 0));
        out.putInt(n).putInt(meta.length).putInt(idBytes);
        out.put(meta);
        for (int i = 0; i < n; i++) {
            out.putFloat(candidates.score(i));
        }
        for (int i = 0; i < n; i++) {
            out.putInt(candidates.end(i));
        }
        out.put(candidates.ids(), 0, idBytes);
        return out.array();
    }
}
