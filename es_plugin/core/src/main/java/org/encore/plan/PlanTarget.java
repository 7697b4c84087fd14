package org.encore.plan;

import java.util.Collection;

/**
 * The one generation that a search looks in: what its plan is made for.
 *
 * @param index      the first index of that generation by name, or null where the search has none
 * @param generation null where the indices name none
 * @param dimensions of the titles' vectors; 0 where they have none, or not all the same
 * @param clockOffset milliseconds that the catalogue's clock is ahead of the wall clock; null where clocks differ
 */
public record PlanTarget(String index, String generation, int dimensions, Long clockOffset) {
    /** Of a search that has no index on this cluster. */
    public static final PlanTarget NONE = new PlanTarget(null, null, 0, null);

    /**
     * What an index says of itself.
     *
     * @param generation  as its {@code _meta} has it, or null
     * @param dimensions  of its field {@code title_vector}, or 0
     * @param clockOffset as its {@code _meta} has it, 0 where it has none; null where it is no integer
     */
    public record Index(String name, String generation, int dimensions, Long clockOffset) {}

    /**
     * The rule for several indices: those that name a generation must name the same; those that name none are searched
     * by its plan too. An index that is searched alone and names none goes by its own name, as for {@code fine_rank}.
     *
     * @throws IllegalArgumentException two indices are of different generations
     */
    public static PlanTarget of(Collection<Index> indices) {
        Index named = null;
        int dimensions = 0;
        Long clockOffset = null;
        boolean first = true;
        for (Index index : indices.stream().sorted((a, b) -> a.name.compareTo(b.name)).toList()) {
            clockOffset = first || index.clockOffset != null && index.clockOffset.equals(clockOffset) ? index.clockOffset : null;
            first = false;
            if (index.generation == null) {
                continue;
            }
            if (named != null && !named.generation.equals(index.generation)) {
                throw new IllegalArgumentException("[encore] searches one generation, and indices [" + named.name + "] and ["
                        + index.name + "] are of [" + named.generation + "] and [" + index.generation + "]: search them apart");
            }
            named = named == null ? index : named;
        }
        if (named != null) {
            return new PlanTarget(named.name, named.generation, dimensions(indices), clockOffset);
        }
        if (indices.size() == 1) {
            Index only = indices.iterator().next();
            return new PlanTarget(only.name, only.name, only.dimensions, clockOffset);
        }
        return new PlanTarget(null, null, dimensions, clockOffset);
    }

    private static int dimensions(Collection<Index> indices) {
        int[] all = indices.stream().mapToInt(Index::dimensions).filter(d -> d > 0).distinct().toArray();
        return all.length == 1 ? all[0] : 0;
    }
}
