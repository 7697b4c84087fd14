package org.encore.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the fields of one object of a plan, each exactly once: what is missing, wrong or left over refuses the plan. */
final class PlanFields {
    private static final int MOST_SHOWN = 64;

    private final Map<?, ?> object;
    private final String where;
    private final Set<String> read = new HashSet<>();

    private PlanFields(Map<?, ?> object, String where) {
        this.object = object;
        this.where = where;
    }

    static PlanFields of(Object value, String where) throws PlanException {
        if (!(value instanceof Map<?, ?> object)) {
            throw wrong(where, "must be an object, got [" + shown(value) + "]");
        }
        return new PlanFields(object, where);
    }

    /** Where a field of this object stands. */
    String at(String field) {
        return where.isEmpty() ? field : where + "." + field;
    }

    boolean has(String field) {
        return object.containsKey(field);
    }

    private Object value(String field) throws PlanException {
        if (!object.containsKey(field)) {
            throw wrong(where, "misses [" + field + "]");
        }
        read.add(field);
        return object.get(field);
    }

    /** Checks that every field has been read. */
    void end() throws PlanException {
        for (Object field : object.keySet()) {
            if (!read.contains(field)) {
                throw wrong(where, "has the unknown field [" + shown(field) + "]");
            }
        }
    }

    PlanFields object(String field) throws PlanException {
        return of(value(field), at(field));
    }

    /** A string of that many code points. */
    String string(String field, int least, int most) throws PlanException {
        return string(value(field), at(field), least, most);
    }

    static String string(Object value, String where, int least, int most) throws PlanException {
        if (!(value instanceof String text)) {
            throw wrong(where, "must be a string, got [" + shown(value) + "]");
        }
        int characters = text.codePointCount(0, text.length());
        if (characters < least || characters > most) {
            throw wrong(where, "has [" + characters + "] characters, not [" + least + "] to [" + most + "]");
        }
        return text;
    }

    int integer(String field, int least, int most) throws PlanException {
        Object value = value(field);
        if (!(value instanceof Long number)) {
            throw wrong(at(field), "must be an integer, got [" + shown(value) + "]");
        }
        if (number < least || number > most) {
            throw wrong(at(field), "is [" + number + "], not [" + least + "] to [" + most + "]");
        }
        return number.intValue();
    }

    double number(String field, double least, double most) throws PlanException {
        Object value = value(field);
        if (!(value instanceof Number number)) {
            throw wrong(at(field), "must be a number, got [" + shown(value) + "]");
        }
        double exact = number.doubleValue();
        if (!(exact >= least && exact <= most)) {
            throw wrong(at(field), "is [" + number + "], not [" + least + "] to [" + most + "]");
        }
        return exact;
    }

    boolean flag(String field) throws PlanException {
        Object value = value(field);
        if (!(value instanceof Boolean flag)) {
            throw wrong(at(field), "must be true or false, got [" + shown(value) + "]");
        }
        return flag;
    }

    /** Makes a value of one item of a list. */
    @FunctionalInterface
    interface Item<T> {
        T read(Object item, String where) throws PlanException;
    }

    <T> List<T> list(String field, int least, int most, Item<T> item) throws PlanException {
        Object value = value(field);
        if (!(value instanceof List<?> items)) {
            throw wrong(at(field), "must be a list, got [" + shown(value) + "]");
        }
        if (items.size() < least || items.size() > most) {
            throw wrong(at(field), "has [" + items.size() + "] items, not [" + least + "] to [" + most + "]");
        }
        List<T> made = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            made.add(item.read(items.get(i), at(field) + "[" + i + "]"));
        }
        return made;
    }

    static PlanException wrong(String where, String reason) {
        return new PlanException(where, reason);
    }

    /** A value by its text, cut where it is long; a structure by its kind. */
    static String shown(Object value) {
        if (value instanceof Map) {
            return "an object";
        }
        if (value instanceof List) {
            return "a list";
        }
        String text = String.valueOf(value);
        int characters = text.codePointCount(0, text.length());
        return characters <= MOST_SHOWN ? text : text.substring(0, text.offsetByCodePoints(0, MOST_SHOWN)) + "…";
    }
}
