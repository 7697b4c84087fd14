package org.encore.text;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Rows of a dictionary's text files: fields split by tabs, rows by line feeds, nothing else. */
final class Rows {
    private Rows() {}

    /** Gives each row's fields, still escaped, to {@code use}; a row with another count is an error. */
    static void read(String name, byte[] table, int fields, Consumer<String[]> use) {
        int number = 1;
        for (int start = 0; start < table.length; number++) {
            int end = start;
            while (end < table.length && table[end] != '\n') {
                end++;
            }
            String[] row = new String(table, start, end - start, StandardCharsets.UTF_8).split("\t", -1);
            if (row.length != fields) {
                throw new DictionaryException(name + " line " + number + " has [" + row.length
                        + "] fields instead of " + fields + "; export the dictionary again");
            }
            use.accept(row);
            start = end + 1;
        }
    }

    /** Undoes the escapes {@code \t \n \\} and {@code \}{@code uXXXX}. */
    static String unescape(String field) {
        if (field.indexOf('\\') < 0) {
            return field;
        }
        StringBuilder out = new StringBuilder(field.length());
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char code = ++i < field.length() ? field.charAt(i) : 0;
            switch (code) {
                case 't' -> out.append('\t');
                case 'n' -> out.append('\n');
                case '\\' -> out.append('\\');
                case 'u' -> {
                    out.append((char) Integer.parseInt(field, i + 1, i + 5, 16));
                    i += 4;
                }
                default -> throw new DictionaryException(
                        "unknown escape [\\" + code + "] in a dictionary row; export the dictionary again");
            }
        }
        return out.toString();
    }
}
