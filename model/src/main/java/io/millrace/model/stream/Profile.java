package io.millrace.model.stream;

import java.io.Serializable;

/**
 * A table of what is known of users, items or any other key, which a topic keeps up to date.
 *
 * @param name of the profile; its field f is read as {@code name.f}
 * @param by the field of events that holds the key
 */
public record Profile(String name, String by) implements Serializable {

    /** What the names of its fields begin with. */
    String prefix() {
        return name + ".";
    }
}
