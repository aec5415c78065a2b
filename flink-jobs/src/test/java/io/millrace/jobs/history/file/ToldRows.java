package io.millrace.jobs.history.file;

import java.util.ArrayList;
import java.util.List;

/** Notes the bad rows that it is told of. */
public final class ToldRows implements BadRows {

    private final List<String> told = new ArrayList<>();

    @Override
    public void found(String file, long line, String problem) {
        told.add(file + ":" + line + ": " + problem);
    }

    public List<String> told() {
        return told;
    }
}
