// The shell's lexer and parser: what trees scripts become, and what is told of those that are wrong.
#include "apps/sh/parser.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena arena;
static char shown[4096];

static void put(const char *text) {
    cr_assert_lt(strlen(shown) + strlen(text), sizeof(shown));
    strcat(shown, text);
}

static void show(const struct node *node);

static void show_children(const struct node *node, const char *before, const char *behind) {
    put(before);
    for (const struct node *child = node->children; child; child = child->next) {
        if (child != node->children)
            put(" ");
        show(child);
        if (child->background)
            put("&");
    }
    put(behind);
}

static void show_command(const struct node *node) {
    static const char *const kinds[] = {"<", ">", ">>", "<>", "&", "<<", "<<<"};
    const char *between = "";
    put("{");
    for (const struct word *word = node->assignments; word; word = word->next, between = " ")
        put(between), put("="), put(word->text);
    for (const struct word *word = node->words; word; word = word->next, between = " ")
        put(between), put(word->text);
    for (const struct redirection *to = node->redirections; to; to = to->next) {
        char text[64];
        snprintf(text, sizeof(text), "%s%d%s%s", between, to->descriptor, kinds[to->kind], to->target);
        put(text);
        between = " ";
    }
    put("}");
}

static void show(const struct node *node) {
    static const char *const names[] = {"",          "sub(",    "pipe(",      "and(",    "or(",   "list(",
                                        "group(",    "if(",     "loop(",      "for(",    "case(", "way(",
                                        "function(", "number(", "condition(", "counted("};
    if (node->kind == NODE_COMMAND) {
        show_command(node);
        return;
    }
    if (node->timed)
        put("time ");
    if (node->negated)
        put("!");
    for (const struct word *word = node->words; word; word = word->next)
        put(word->text), put(word->next ? "," : ":");
    show_children(node, names[node->kind], ")");
    for (const struct redirection *to = node->redirections; to; to = to->next)
        put(">"), put(to->target);
}

// The tree of the first line in a short form: pipelines of one command are shown as pipe({...}).
static const char *tree_of(const char *script) {
    struct parser parser;
    struct node *tree;
    shown[0] = 0;
    parser_start(&parser, script, &arena);
    enum parse_result result = parser_next(&parser, &tree);
    if (result != PARSE_DONE)
        return result == PARSE_OPEN ? "open" : result == PARSE_END ? "end" : "wrong";
    if (!tree)
        return "nothing";
    show(tree);
    return shown;
}

static void release(void) {
    arena_release(&arena);
}

TestSuite(sh_parser, .fini = release);

Test(sh_parser, words_stand_as_typed_with_their_quotes) {
    cr_assert_str_eq(tree_of("echo 'a  b' \"c $d\" e\\ f"), "list(pipe({echo 'a  b' \"c $d\" e\\ f}))");
}

Test(sh_parser, a_pipeline_has_all_its_parts) {
    cr_assert_str_eq(tree_of("a|b | c"), "list(pipe({a} {b} {c}))");
}

Test(sh_parser, and_and_or_bind_from_the_left) {
    cr_assert_str_eq(tree_of("a && b || c"), "list(or(and(pipe({a}) pipe({b})) pipe({c})))");
}

Test(sh_parser, separators_end_commands_and_only_an_ampersand_leaves_them_in_the_background) {
    cr_assert_str_eq(tree_of("a; b & c &"), "list(pipe({a}) pipe({b})& pipe({c})&)");
}

Test(sh_parser, an_exclamation_mark_negates_a_whole_pipeline) {
    cr_assert_str_eq(tree_of("! a | b"), "list(!pipe({a} {b}))");
    cr_assert_str_eq(tree_of("! ! a"), "list(pipe({a}))");
}

Test(sh_parser, time_times_a_whole_pipeline) {
    cr_assert_str_eq(tree_of("time a | b && c"), "list(and(time pipe({a} {b}) pipe({c})))");
    cr_assert_str_eq(tree_of("! time a"), "list(time !pipe({a}))");
    cr_assert_str_eq(tree_of("time ! A=1 a"), "list(time !pipe({=A=1 a}))");
    cr_assert_str_eq(tree_of("time { a; }"), "list(time pipe(group(list(pipe({a})))))");
    cr_assert_str_eq(tree_of("time (a)"), "list(time pipe(sub(list(pipe({a})))))");
    cr_assert_str_eq(tree_of("time >f a"), "list(time pipe({a 1>f}))");
}

Test(sh_parser, time_with_an_option_or_nothing_to_time_is_the_tool) {
    cr_assert_str_eq(tree_of("time --help"), "list(pipe({time --help}))");
    cr_assert_str_eq(tree_of("time; b"), "list(pipe({time}) pipe({b}))");
    cr_assert_str_eq(tree_of("time | b"), "list(pipe({time} {b}))");
    cr_assert_str_eq(tree_of("\"time\" a"), "list(pipe({\"time\" a}))");
    cr_assert_str_eq(tree_of("a time b | time c"), "list(pipe({a time b} {time c}))");
}

Test(sh_parser, redirections_know_their_descriptor) {
    cr_assert_str_eq(tree_of("a <in >out 2>>log 2>&1 <>x"), "list(pipe({a 0<in 1>out 2>>log 2&1 0<>x}))");
    cr_assert_str_eq(tree_of(">f a 2 >g"), "list(pipe({a 2 1>f 1>g}))");
    cr_assert_str_eq(tree_of("a2>f"), "list(pipe({a2 1>f}))");
}

Test(sh_parser, assignments_stand_before_the_command_alone) {
    cr_assert_str_eq(tree_of("A=1 B='2 3' c D=4"), "list(pipe({=A=1 =B='2 3' c D=4}))");
    cr_assert_str_eq(tree_of("1A=2 b"), "list(pipe({1A=2 b}))");
    cr_assert_str_eq(tree_of("=x"), "list(pipe({=x}))");
}

Test(sh_parser, parentheses_hold_a_list_over_several_lines) {
    cr_assert_str_eq(tree_of("(a; b\n c) | d"), "list(pipe(sub(list(pipe({a}) pipe({b}) pipe({c}))) {d}))");
    cr_assert_str_eq(tree_of("(a) >f"), "list(pipe(sub(list(pipe({a})))>f))");
}

Test(sh_parser, a_comment_starts_a_word_and_ends_with_the_line) {
    cr_assert_str_eq(tree_of("a b#c # d | e"), "list(pipe({a b#c}))");
    cr_assert_str_eq(tree_of("# only"), "end");
}

Test(sh_parser, a_backslash_joins_lines) {
    cr_assert_str_eq(tree_of("a \\\n b"), "list(pipe({a b}))");
}

Test(sh_parser, lines_are_parsed_one_at_a_time) {
    struct parser parser;
    struct node *tree;
    parser_start(&parser, "a\n\nb c\n)", &arena);
    cr_assert_eq(parser_next(&parser, &tree), PARSE_DONE);
    cr_assert_str_eq(tree->children->children->words->text, "a");
    cr_assert_eq(parser_next(&parser, &tree), PARSE_DONE);
    cr_assert_null(tree);
    cr_assert_eq(parser_next(&parser, &tree), PARSE_DONE);
    cr_assert_str_eq(tree->children->children->words->next->text, "c");
    cr_assert_eq(parser_next(&parser, &tree), PARSE_WRONG);
    cr_assert_eq(parser.found.line, 4);
}

Test(sh_parser, a_script_that_ends_too_early_is_open) {
    static const char *const scripts[] = {"a |", "a &&", "a ||\n", "'a",     "\"a",     "a\\", "$(a",
                                          "`a",  "${a",  "(a",     "( a; b", "a \"$(b", "! "};
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
        cr_assert_str_eq(tree_of(scripts[i]), "open", "%s", scripts[i]);
}

Test(sh_parser, a_script_that_is_wrong_is_told_with_its_place) {
    static const struct {
        const char *script, *text;
        unsigned line;
        size_t column;
    } cases[] = {
        {"a | | b", "|", 1, 5},   {"&& a", "&&", 1, 1},   {"; a", ";", 1, 1},     {"a )", ")", 1, 3},
        {"a >\nb", "\n", 1, 4},   {"a > | b", "|", 1, 5}, {"a (b)", "(", 1, 3},   {"()", ")", 1, 2},
        {"a &&\n\n;", ";", 3, 1}, {"a | ! b", "!", 1, 5}, {"a ; ; b", ";", 1, 5},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct parser parser;
        struct node *tree;
        parser_start(&parser, cases[i].script, &arena);
        cr_assert_eq(parser_next(&parser, &tree), PARSE_WRONG, "%s", cases[i].script);
        cr_assert_eq(parser.found.length, strlen(cases[i].text), "%s", cases[i].script);
        cr_assert_arr_eq(parser.found.text, cases[i].text, parser.found.length, "%s", cases[i].script);
        cr_assert_eq(parser.found.line, cases[i].line, "%s", cases[i].script);
        cr_assert_eq(lexer_column(&parser.lexer, &parser.found), cases[i].column, "%s", cases[i].script);
        cr_assert_not_null(parser.problem);
    }
}

Test(sh_parser, a_node_knows_its_source) {
    struct parser parser;
    struct node *tree;
    parser_start(&parser, " a b && 2>x ! c | d & e", &arena);
    cr_assert_eq(parser_next(&parser, &tree), PARSE_DONE);
    cr_assert_eq(tree->children->source_length, strlen("a b && 2>x ! c | d"));
    cr_assert_arr_eq(tree->children->source, "a b && 2>x ! c | d", tree->children->source_length);
}

Test(sh_parser, a_substitution_is_one_word_whatever_is_in_it) {
    cr_assert_str_eq(tree_of("a $(b | c; (d) \")\") `e | f` ${g:-h i}"),
                     "list(pipe({a $(b | c; (d) \")\") `e | f` ${g:-h i}}))");
}

Test(sh_parser, deep_nesting_is_refused_and_not_followed) {
    char script[1000];
    memset(script, '(', sizeof(script) - 1);
    script[sizeof(script) - 1] = 0;
    cr_assert_str_eq(tree_of(script), "wrong");
    for (size_t i = 0; i + 2 < sizeof(script); i += 2)
        memcpy(script + i, "$(", 2);
    cr_assert_str_eq(tree_of(script), "open");
}

Test(sh_parser, the_script_has_ended_behind_its_last_line) {
    cr_assert_str_eq(tree_of(""), "end");
    cr_assert_str_eq(tree_of("   # nothing\n"), "nothing");
}

Test(sh_parser, an_if_has_conditions_and_lists_in_turn_and_the_else_last) {
    cr_assert_str_eq(tree_of("if a; then b; elif c; then d; else e; fi"),
                     "list(pipe(if(list(pipe({a})) list(pipe({b})) list(pipe({c})) list(pipe({d})) list(pipe({e})))))");
    cr_assert_str_eq(tree_of("if a\nthen b\nfi"), "list(pipe(if(list(pipe({a})) list(pipe({b})))))");
}

Test(sh_parser, loops_have_a_condition_and_a_list) {
    cr_assert_str_eq(tree_of("while a; do b; done"), "list(pipe(loop(list(pipe({a})) list(pipe({b})))))");
    cr_assert_str_eq(tree_of("until a; do b; done"), "list(pipe(!loop(list(pipe({a})) list(pipe({b})))))");
    cr_assert_str_eq(tree_of("while a; do b; done <f | c"), "list(pipe(loop(list(pipe({a})) list(pipe({b})))>f {c}))");
}

Test(sh_parser, a_for_has_its_variable_and_its_words) {
    cr_assert_str_eq(tree_of("for x in 1 2; do a; done"), "list(pipe(x,1,2:for(list(pipe({a})))))");
    cr_assert_str_eq(tree_of("for x\ndo a\ndone"), "list(pipe(x:for(list(pipe({a})))))");
}

Test(sh_parser, a_case_has_ways_with_patterns) {
    cr_assert_str_eq(tree_of("case w in a|b) c;; (d) ;; esac"), "list(pipe(w:case(a,b:way(list(pipe({c}))) d:way())))");
    cr_assert_str_eq(tree_of("case w in\na) b\nesac"), "list(pipe(w:case(a:way(list(pipe({b}))))))");
}

Test(sh_parser, words_of_the_language_mean_themselves_behind_a_command) {
    cr_assert_str_eq(tree_of("echo if then done { }"), "list(pipe({echo if then done { }}))");
    cr_assert_str_eq(tree_of("{ a; }"), "list(pipe(group(list(pipe({a})))))");
}

Test(sh_parser, a_function_has_a_name_and_a_body) {
    cr_assert_str_eq(tree_of("f() { a; }"), "list(pipe(f:function(group(list(pipe({a}))))))");
    cr_assert_str_eq(tree_of("f ( )\n( a )"), "list(pipe(f:function(sub(list(pipe({a}))))))");
    cr_assert_str_eq(tree_of("a-b() { c; }"), "wrong");
    cr_assert_str_eq(tree_of("f() echo"), "wrong");
}

Test(sh_parser, the_lines_of_a_here_document_follow_the_line) {
    cr_assert_str_eq(tree_of("a <<E; b\nx\ny\nE\nc"), "list(pipe({a 0<<x\ny\n}) pipe({b}))");
    cr_assert_str_eq(tree_of("a <<A <<B\n1\nA\n2\nB\n"), "list(pipe({a 0<<1\n 0<<2\n}))");
    cr_assert_str_eq(tree_of("a <<-'E'\n\t\tx\n\tE\n"), "list(pipe({a 0<<x\n}))");
    cr_assert_str_eq(tree_of("a <<E\nx\n"), "open");
}

Test(sh_parser, two_parentheses_hold_arithmetic_where_two_end_it) {
    cr_assert_str_eq(tree_of("((a = (1 + 2) * 3)) && b"), "list(and(pipe($((a = (1 + 2) * 3)):number()) pipe({b})))");
    cr_assert_str_eq(tree_of("((a); (b))"),
                     "list(pipe(sub(list(pipe(sub(list(pipe({a})))) pipe(sub(list(pipe({b}))))))))");
    cr_assert_str_eq(tree_of("((a) | b)"), "list(pipe(sub(list(pipe(sub(list(pipe({a}))) {b})))))");
    cr_assert_str_eq(tree_of("((1 +\n1))"), "list(pipe($((1 +\n1)):number()))");
}

Test(sh_parser, a_loop_that_counts_has_three_parts) {
    cr_assert_str_eq(tree_of("for ((i=0;i<3;i++)); do a; done"),
                     "list(pipe($((i=0)),$((i<3)),$((i++)):counted(list(pipe({a})))))");
    cr_assert_str_eq(tree_of("for ((;;)) do a; done"), "list(pipe(,,:counted(list(pipe({a})))))");
    cr_assert_str_eq(tree_of("for ((a;b)); do c; done"), "wrong");
    cr_assert_str_eq(tree_of("for ((a;b;c;d)); do c; done"), "wrong");
}

Test(sh_parser, between_double_brackets_operators_are_words) {
    cr_assert_str_eq(tree_of("[[ ( a < b || ! -f c ) && d ]] && e"),
                     "list(and(pipe((,a,<,b,||,!,-f,c,),&&,d:condition()) pipe({e})))");
    cr_assert_str_eq(tree_of("[[ a &&\n b ]]"), "list(pipe(a,&&,b:condition()))");
    cr_assert_str_eq(tree_of("echo [[ a"), "list(pipe({echo [[ a}))");
    cr_assert_str_eq(tree_of("[[ a"), "open");
    cr_assert_str_eq(tree_of("[[ a; b ]]"), "wrong");
    cr_assert_str_eq(tree_of("[[ ]]"), "wrong");
}

Test(sh_parser, both_outputs_go_to_one_place) {
    cr_assert_str_eq(tree_of("a &> b"), "list(pipe({a 1>b 2&1}))");
    cr_assert_str_eq(tree_of("a &>>b"), "list(pipe({a 1>>b 2&1}))");
    cr_assert_str_eq(tree_of("a 2>&1 |& b"), "list(pipe({a 2&1 2&1} {b}))");
    cr_assert_str_eq(tree_of("a & b"), "list(pipe({a})& pipe({b}))");
    cr_assert_str_eq(tree_of("a <<< 'x y' <<<z"), "list(pipe({a 0<<<'x y' 0<<<z}))");
}

Test(sh_parser, what_is_begun_and_not_ended_wants_more) {
    static const char *const scripts[] = {"if a", "if a; then", "if a; then b", "while a",   "while a; do b",
                                          "for",  "for x in 1", "case",         "case a in", "case a in b) c",
                                          "{ a",  "f()",        "f() {"};
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
        cr_expect_str_eq(tree_of(scripts[i]), "open", "%s", scripts[i]);
}

Test(sh_parser, what_ends_nothing_is_wrong) {
    static const char *const scripts[] = {"fi",         "a; done", "then",          "}",
                                          "if a; done", "{ a; fi", "while a; fi",   "for 1 in a; do b; done",
                                          "case a b",   "a;;",     "if; then a; fi"};
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
        cr_expect_str_eq(tree_of(scripts[i]), "wrong", "%s", scripts[i]);
}

Test(sh_parser, the_text_of_a_node_begins_with_the_digit_of_its_first_redirection) {
    static const char *const scripts[] = {"2>f a", "! 2>f a", "(2>f a)"};
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        struct parser parser;
        struct node *tree;
        parser_start(&parser, scripts[i], &arena);
        cr_assert_eq(parser_next(&parser, &tree), PARSE_DONE);
        for (const struct node *node = tree; node; node = node->children) {
            bool inside = node->source >= scripts[i] && node->source_length <= strlen(node->source);
            cr_expect(inside && strchr("2!(", *node->source), "%s: %s", scripts[i], node->source);
        }
    }
}
