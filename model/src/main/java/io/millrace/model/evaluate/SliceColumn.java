package io.millrace.model.evaluate;

import java.util.List;

/**
 * The values by which examples are grouped.
 *
 * @param name of the field, with {@code new:} before it when {@code bySeen}
 * @param bySeen whether the group is not the value itself but how many earlier examples had it
 * @param values the distinct values; a missing one is the empty text
 * @param codes for each example the index of its value; N
 */
public record SliceColumn(String name, boolean bySeen, List<String> values, int[] codes) {}
