package io.millrace.model.config;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The way from YAML text to a tree of {@link ConfigNode}s.
 *
 * <p>It takes parser events one by one rather than a composed document, so that nesting is bounded
 * before anything recurses. Anchors, aliases and tags are refused: a configuration needs none.
 */
final class ConfigParser {

    private static final int LARGEST = 1 << 20;
    private static final int DEEPEST = 32;

    private final String text;
    private final String source;
    private final Iterator<Event> events;

    ConfigParser(String text, String source) {
        this.text = text;
        this.source = source;
        if (text.length() > LARGEST) {
            throw error(1, "", "the file is larger than " + LARGEST + " characters");
        }
        LoadSettings settings = LoadSettings.builder().setLabel(source).build();
        events = new Parse(settings).parseString(text).iterator();
    }

    ConfigNode parse() {
        next(Event.ID.StreamStart);
        Event start = next();
        if (start.getEventId() != Event.ID.DocumentStart) {
            throw error(1, "", "expected a map, found an empty file");
        }
        Event first = next();
        if (!(first instanceof MappingStartEvent)) {
            boolean empty = first instanceof ScalarEvent scalar && scalar.getValue().isEmpty();
            throw error(
                    line(first),
                    "",
                    empty
                            ? "expected a map, found an empty file"
                            : "expected a map of keys and values at the top of the file");
        }
        ConfigNode root = node(first, "", 0);
        next(Event.ID.DocumentEnd);
        Event end = next();
        if (end.getEventId() != Event.ID.StreamEnd) {
            throw error(line(end), "", "expected the end of the file, found a second document");
        }
        return root;
    }

    private ConfigNode node(Event event, String path, int depth) {
        int line = line(event);
        if (depth > DEEPEST) {
            throw error(line, "", "nested deeper than " + DEEPEST + " levels");
        }
        refuseReferences(event, path);
        ConfigNode.Content content;
        if (event instanceof ScalarEvent scalar) {
            content = new ConfigNode.Scalar(scalar.getValue(), scalar.isPlain());
        } else if (event instanceof SequenceStartEvent) {
            content = new ConfigNode.Sequence(elements(path, depth));
        } else if (event instanceof MappingStartEvent) {
            content = new ConfigNode.Mapping(children(path, depth));
        } else {
            throw error(line, path, "expected a value");
        }
        return new ConfigNode(source, line, path, content);
    }

    private List<ConfigNode> elements(String path, int depth) {
        List<ConfigNode> elements = new ArrayList<>();
        Event event = next();
        while (event.getEventId() != Event.ID.SequenceEnd) {
            elements.add(node(event, path + "[" + elements.size() + "]", depth + 1));
            event = next();
        }
        return elements;
    }

    private Map<String, ConfigNode> children(String path, int depth) {
        Map<String, ConfigNode> children = new LinkedHashMap<>();
        Event event = next();
        while (event.getEventId() != Event.ID.MappingEnd) {
            String key = key(event, path);
            String childPath = ConfigNode.join(path, key);
            ConfigNode child = node(next(), childPath, depth + 1);
            ConfigNode earlier = children.putIfAbsent(key, child);
            if (earlier != null) {
                throw error(line(event), childPath, "the key is already in line " + earlier.line());
            }
            event = next();
        }
        return children;
    }

    private String key(Event event, String path) {
        refuseReferences(event, path);
        if (event instanceof ScalarEvent scalar) {
            return scalar.getValue();
        }
        throw error(line(event), path, "expected a key of plain text, found a map or list");
    }

    private void refuseReferences(Event event, String path) {
        if (event instanceof AliasEvent
                || (event instanceof NodeEvent node && node.getAnchor().isPresent())) {
            throw error(line(event), path, "anchors (&) and aliases (*) are not supported");
        }
        if (tag(event).isPresent()) {
            throw error(line(event), path, "tags (!) are not supported");
        }
    }

    private static Optional<String> tag(Event event) {
        if (event instanceof ScalarEvent scalar) {
            return scalar.getTag();
        }
        if (event instanceof SequenceStartEvent sequence) {
            return sequence.getTag();
        }
        return event instanceof MappingStartEvent mapping ? mapping.getTag() : Optional.empty();
    }

    private void next(Event.ID expected) {
        Event event = next();
        if (event.getEventId() != expected) {
            throw error(line(event), "", "not valid YAML");
        }
    }

    private Event next() {
        try {
            return events.next();
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().or(e::getContextMark).map(ConfigParser::line).orElse(1);
            throw error(line, "", "not valid YAML: " + problem(e));
        } catch (ReaderException e) {
            throw error(
                    lineOf(e.getPosition()),
                    "",
                    String.format(
                            "not valid YAML: character U+%04X is not allowed", e.getCodePoint()));
        } catch (YamlEngineException e) {
            throw error(1, "", "not valid YAML: " + e.getMessage());
        }
    }

    private static String problem(MarkedYamlEngineException e) {
        String context = e.getContext();
        return context == null ? e.getProblem() : context + ", " + e.getProblem();
    }

    private ConfigException error(int line, String path, String sentence) {
        return ConfigNode.error(source, line, path, sentence);
    }

    /** The line of a position counted in code points. */
    private int lineOf(int position) {
        long breaks = text.codePoints().limit(position).filter(c -> c == '\n').count();
        return 1 + (int) breaks;
    }

    private static int line(Event event) {
        return event.getStartMark().map(ConfigParser::line).orElse(1);
    }

    private static int line(Mark mark) {
        return mark.getLine() + 1;
    }
}
