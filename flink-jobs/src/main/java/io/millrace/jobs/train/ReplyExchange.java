package io.millrace.jobs.train;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.util.function.ThrowingConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a trainer is found in its task manager: by the reply receiver, which shares its slot
 * (co-location), and by shards that happen to run there, too, and need no wire. The hand-over is a
 * mail in the trainer's mailbox: the trainer stays single-threaded and who delivers never blocks,
 * which is why the cycle trainer, shard, receiver cannot deadlock.
 *
 * <p>A registration also holds the life, so that a restarted trainer never hears a reply to its
 * predecessor.
 */
final class ReplyExchange {

    private static final Logger LOG = LoggerFactory.getLogger(ReplyExchange.class);
    private static final Map<TaskAddress, Endpoint> ENDPOINTS = new ConcurrentHashMap<>();

    private ReplyExchange() {}

    static void register(TaskAddress address, Endpoint endpoint) {
        ENDPOINTS.put(address, endpoint);
    }

    static void unregister(TaskAddress address, @Nullable Endpoint endpoint) {
        if (endpoint != null) {
            ENDPOINTS.remove(address, endpoint);
        }
    }

    /**
     * Hands a reply to the trainer it is for.
     *
     * @return whether that trainer is here
     */
    static boolean deliver(TaskAddress address, ShardReply reply) {
        Endpoint endpoint = ENDPOINTS.get(address);
        if (endpoint == null || !endpoint.trainer().equals(reply.trainer())) {
            return false;
        }
        try {
            endpoint.mailbox().execute(() -> endpoint.handler().accept(reply), "shard reply");
        } catch (RejectedExecutionException closed) {
            // The trainer is on its way out; why is its own to say.
            LOG.debug("trainer {} no longer takes replies", reply.trainer(), closed);
        }
        return true;
    }

    /** A living trainer. */
    record Endpoint(
            TrainerId trainer,
            MailboxExecutor mailbox,
            ThrowingConsumer<ShardReply, Exception> handler) {}
}
