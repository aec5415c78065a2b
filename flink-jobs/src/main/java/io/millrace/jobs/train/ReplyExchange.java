package io.millrace.jobs.train;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.util.function.ThrowingConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a reply receiver finds the trainer in its slot. The two share a process (co-location), so
 * the hand-over is a mail in the trainer's mailbox: the trainer stays single-threaded and the
 * receiver never blocks, which is why the cycle trainer, shard, receiver cannot deadlock.
 *
 * <p>An address holds job, pipeline and subtask; a registration also the life, so that a restarted
 * trainer never hears a reply to its predecessor.
 */
final class ReplyExchange {

    private static final Logger LOG = LoggerFactory.getLogger(ReplyExchange.class);
    private static final Map<Address, Endpoint> ENDPOINTS = new ConcurrentHashMap<>();

    private ReplyExchange() {}

    static void register(Address address, Endpoint endpoint) {
        ENDPOINTS.put(address, endpoint);
    }

    static void unregister(Address address, @Nullable Endpoint endpoint) {
        if (endpoint != null) {
            ENDPOINTS.remove(address, endpoint);
        }
    }

    /** Hands a reply to the trainer it is for, or drops it when that trainer is gone. */
    static void deliver(Address address, ShardReply reply) {
        Endpoint endpoint = ENDPOINTS.get(address);
        if (endpoint != null && endpoint.trainer().equals(reply.trainer())) {
            try {
                endpoint.mailbox().execute(() -> endpoint.handler().accept(reply), "shard reply");
            } catch (RejectedExecutionException closed) {
                // The trainer is on its way out; why is its own to say.
                LOG.debug("trainer {} no longer takes replies", reply.trainer(), closed);
            }
        }
    }

    /** One trainer subtask of one pipeline of one job. */
    record Address(JobID job, String pipeline, int subtask) {}

    /** A living trainer. */
    record Endpoint(
            TrainerId trainer,
            MailboxExecutor mailbox,
            ThrowingConsumer<ShardReply, Exception> handler) {}
}
