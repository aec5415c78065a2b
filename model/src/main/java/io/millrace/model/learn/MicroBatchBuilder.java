package io.millrace.model.learn;

import io.millrace.model.example.Example;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongToIntFunction;
import java.util.stream.IntStream;

/** Makes {@link MicroBatch}es of one model, reusing its working memory. Used by one thread. */
public final class MicroBatchBuilder {

    private final ParameterLayout layout;
    private final int features;
    private final int shards;
    private final LongToIntFunction shardOf;
    private final long[] denseKeys;
    private final int[] sharedSlots;
    private final int[] runningColumns;
    private final Long2IntOpenHashMap seen = new Long2IntOpenHashMap();

    // The keys of the batch in the order of their first occurrence, and what is known of them.
    private long[] keys = new long[64];
    private int[] shardOfKey = new int[64];
    private int[] examplesOfKey = new int[64];
    private int[] lastExampleOfKey = new int[64];
    private int[] place = new int[64];
    private int keyCount;

    /**
     * @param shards number of shards
     * @param shardOf the shard of a key, in [0, {@code shards}); always the same for a key
     */
    public MicroBatchBuilder(ParameterLayout layout, int shards, LongToIntFunction shardOf) {
        this.layout = layout;
        this.features = layout.sparse();
        sharedSlots =
                IntStream.rangeClosed(1, features)
                        .filter(slot -> layout.slot(slot).vocabulary().minCount() > 0)
                        .toArray();
        runningColumns = layout.runningColumns();
        this.shards = shards;
        this.shardOf = shardOf;
        denseKeys = new long[layout.dense().blocks()];
        Arrays.setAll(denseKeys, ParameterKey::ofDenseBlock);
        seen.defaultReturnValue(-1);
    }

    /**
     * @param examples at least one
     * @throws IllegalArgumentException when there is none, one does not fit the layout, or they
     *     have more keys or weights than an array holds
     */
    public MicroBatch build(List<Example> examples) {
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("a micro-batch needs at least one example");
        }
        int size = examples.size();
        int numericWidth = examples.get(0).numeric().length;
        int[] occurrences = new int[occurrenceCount(examples, features, numericWidth)];
        int[] ends = new int[size * features];
        float[] numeric = new float[Math.multiplyExact(size, numericWidth)];
        float[] labels = new float[size];
        float[] importances = new float[size];
        long maxEventTime = Long.MIN_VALUE;

        seen.clear();
        keyCount = 0;
        int at = 0;
        for (int b = 0; b < size; b++) {
            Example example = examples.get(b);
            for (int f = 0; f < features; f++) {
                ends[b * features + f] = at + example.ends()[f];
            }
            for (long key : example.keys()) {
                occurrences[at++] = indexOf(key, b);
            }
            System.arraycopy(example.numeric(), 0, numeric, b * numericWidth, numericWidth);
            labels[b] = example.label();
            importances[b] = example.weight();
            maxEventTime = Math.max(maxEventTime, example.eventTime());
        }
        int firstShared = keyCount;
        for (int slot : sharedSlots) {
            add(ParameterKey.ofUnseen(slot), 0, 0);
            add(ParameterKey.ofRare(slot), 0, 0);
        }
        for (int running = 0; running < runningColumns.length; running++) {
            add(ParameterKey.ofMoments(layout.momentsSlot(running)), 0, 0);
        }
        int firstDense = keyCount;
        for (long key : denseKeys) {
            add(key, 0, size);
        }

        int[] shardStarts = groupByShard();
        long[] grouped = new long[keyCount];
        int[] examplesByKey = new int[keyCount];
        for (int key = 0; key < keyCount; key++) {
            grouped[place[key]] = keys[key];
            examplesByKey[place[key]] = examplesOfKey[key];
        }
        for (int i = 0; i < occurrences.length; i++) {
            occurrences[i] = place[occurrences[i]];
        }
        return new MicroBatch(
                size,
                grouped,
                shardStarts,
                examplesByKey,
                weightsAt(grouped),
                Arrays.copyOfRange(place, firstDense, keyCount),
                occurrences,
                ends,
                numeric,
                labels,
                importances,
                maxEventTime,
                SharedRows.of(
                        sharedSlots,
                        runningColumns,
                        Arrays.copyOfRange(place, firstShared, firstDense),
                        numeric,
                        numericWidth));
    }

    /** Number of keys of all examples, which must have so many sparse features and numbers. */
    static int occurrenceCount(List<Example> examples, int features, int numericWidth) {
        int count = 0;
        for (Example example : examples) {
            int[] ends = example.ends();
            if (ends.length != features || example.numeric().length != numericWidth) {
                throw new IllegalArgumentException(
                        "an example has "
                                + ends.length
                                + " sparse features and "
                                + example.numeric().length
                                + " numbers where the micro-batch has "
                                + features
                                + " and "
                                + numericWidth
                                + "; encode all examples with the model's own features");
            }
            count = end(count, example.keys().length, "keys");
        }
        return count;
    }

    /**
     * Where something ends that starts at {@code start} in an array of a batch.
     *
     * @throws IllegalArgumentException when that is beyond the largest array
     */
    static int end(int start, int length, String of) {
        return length((long) start + length, of);
    }

    /**
     * A length of an array of a batch.
     *
     * @throws IllegalArgumentException when that is beyond the largest array
     */
    static int length(long length, String of) {
        if (length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "the examples of a micro-batch have more than "
                            + Integer.MAX_VALUE
                            + " "
                            + of
                            + "; make it of fewer examples");
        }
        return (int) length;
    }

    /** Index of a key, in the order of first occurrence; counts the example once. */
    private int indexOf(long key, int example) {
        int index = seen.putIfAbsent(key, keyCount);
        if (index < 0) {
            add(key, example, 1);
            return keyCount - 1;
        }
        if (lastExampleOfKey[index] != example) {
            lastExampleOfKey[index] = example;
            examplesOfKey[index]++;
        }
        return index;
    }

    private void add(long key, int example, int examples) {
        if (keyCount == keys.length) {
            grow();
        }
        keys[keyCount] = key;
        shardOfKey[keyCount] = shardOf.applyAsInt(key);
        lastExampleOfKey[keyCount] = example;
        examplesOfKey[keyCount] = examples;
        keyCount++;
    }

    private void grow() {
        int capacity = keys.length * 2;
        keys = Arrays.copyOf(keys, capacity);
        shardOfKey = Arrays.copyOf(shardOfKey, capacity);
        examplesOfKey = Arrays.copyOf(examplesOfKey, capacity);
        lastExampleOfKey = Arrays.copyOf(lastExampleOfKey, capacity);
        place = new int[capacity];
    }

    /** A stable counting sort: fills {@link #place} and returns where each shard starts. */
    private int[] groupByShard() {
        int[] starts = new int[shards + 1];
        for (int key = 0; key < keyCount; key++) {
            starts[shardOfKey[key] + 1]++;
        }
        for (int shard = 0; shard < shards; shard++) {
            starts[shard + 1] += starts[shard];
        }
        int[] next = starts.clone();
        for (int key = 0; key < keyCount; key++) {
            place[key] = next[shardOfKey[key]]++;
        }
        return starts;
    }

    private int[] weightsAt(long[] grouped) {
        int[] weightsAt = new int[grouped.length + 1];
        for (int key = 0; key < grouped.length; key++) {
            weightsAt[key + 1] = end(weightsAt[key], layout.width(grouped[key]), "weights");
        }
        return weightsAt;
    }
}
