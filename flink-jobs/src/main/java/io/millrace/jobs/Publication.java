package io.millrace.jobs;

import io.millrace.jobs.version.VersionAnnouncer;
import io.millrace.jobs.version.VersionCommitter;
import io.millrace.jobs.version.VersionPiece;
import io.millrace.jobs.version.VersionSettings;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** The end of a training job: pieces become versions. */
final class Publication {

    private Publication() {}

    /**
     * @param uid of the operator, unique in the job
     */
    static void of(
            DataStream<VersionPiece> pieces,
            String uid,
            VersionSettings settings,
            VersionAnnouncer.Factory announcer) {
        pieces.transform("versions", Types.VOID, new VersionCommitter(settings, announcer))
                .uid(uid)
                .setParallelism(1)
                .sinkTo(new DiscardingSink<>())
                .name("versions end")
                .uid(uid + "-end")
                .setParallelism(1);
    }
}
