package io.millrace.jobs.train;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Where a trainer leaves a request for a shard in its own task manager. What goes over the wire is
 * then a {@link ShardRequest.Left}, which keeps the request's place before or behind a barrier; the
 * arrays, a megabyte and more for each micro-batch, are neither written nor read nor copied.
 *
 * <p>What is left there belongs to the shard: whoever left it does not write to its arrays any
 * more. It is lost with the shard, as what is on the wire is; the checkpoint has neither.
 */
final class RequestExchange {

    private static final Map<TaskAddress, Inbox> INBOXES = new ConcurrentHashMap<>();

    /** No number is in two inboxes, so that no shard takes a request that lies in another's. */
    private static final AtomicLong NUMBERS = new AtomicLong();

    private RequestExchange() {}

    /** From now on requests for the shard of this address may be left in its inbox. */
    static Inbox register(TaskAddress shard) {
        Inbox inbox = new Inbox();
        INBOXES.put(shard, inbox);
        return inbox;
    }

    static void unregister(TaskAddress shard, @Nullable Inbox inbox) {
        if (inbox != null) {
            INBOXES.remove(shard, inbox);
        }
    }

    /**
     * Leaves a request with its shard, if that runs here.
     *
     * @return what to send: that it was left, or the request itself
     */
    static ShardRequest leave(TaskAddress shard, ShardRequest request) {
        Inbox inbox = INBOXES.get(shard);
        return inbox == null ? request : inbox.add(request);
    }

    /** The requests that were left for one life of a shard. */
    static final class Inbox {

        private final Map<Long, ShardRequest> requests = new ConcurrentHashMap<>();

        private Inbox() {}

        private ShardRequest.Left add(ShardRequest request) {
            long number = NUMBERS.getAndIncrement();
            requests.put(number, request);
            long[] firstKey = {request.keys()[0]};
            return new ShardRequest.Left(request.trainer(), request.batch(), firstKey, number);
        }

        /**
         * Takes a request out.
         *
         * @throws IllegalStateException when it is not here
         */
        ShardRequest take(ShardRequest.Left left) {
            ShardRequest request = requests.remove(left.number());
            if (request == null) {
                throw new IllegalStateException(
                        "trainer "
                                + left.trainer().subtask()
                                + " left a request of micro-batch "
                                + left.batch()
                                + " with a shard that has ended since; the job restarts from its"
                                + " last checkpoint, and the trainer sends these examples again");
            }
            return request;
        }
    }
}
