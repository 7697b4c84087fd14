package org.encore.proximity;

/** A slot whose positions are written down. */
final class FakeSlot implements SlotPositions {
    private final int slot;
    private final int weight;
    private final int[] positions;
    private int read;

    FakeSlot(int slot, int weight, int... positions) {
        this.slot = slot;
        this.weight = weight;
        this.positions = positions;
    }

    @Override
    public int slot() {
        return slot;
    }

    @Override
    public int weight() {
        return weight;
    }

    int[] positions() {
        return positions;
    }

    @Override
    public int next() {
        return read < positions.length ? positions[read++] : NO_MORE;
    }
}
