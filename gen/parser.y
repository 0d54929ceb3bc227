/*
 * parser.y - grammar of .isa, .target and .abi files; syntax only, see ast.def for the trees.
 *
 * Keywords are contextual: `anyid` takes all of them where only a name can stand; `softid` takes,
 * inside expressions, those that start no statement.
 */
%require "3.8"
%define api.pure full
%define parse.error custom
%define parse.lac full
%locations
%define api.location.type {struct loc}
%param {void *scanner}
%parse-param {struct lexer *lx}

%code requires {
#include "parse.h"
}

%code {
#include "diag.h"
#include <string.h>

int yylex(YYSTYPE *value, struct loc *loc, void *scanner);
static void yyerror(struct loc *loc, void *scanner, struct lexer *lx, const char *message);

#define YYLLOC_DEFAULT(cur, rhs, n)                                                            \
    do {                                                                                       \
        (cur) = YYRHSLOC(rhs, (n) ? 1 : 0);                                                    \
        if ((n) && YYRHSLOC(rhs, n).line == (cur).line && YYRHSLOC(rhs, n).file == (cur).file) \
            (cur).end_column = YYRHSLOC(rhs, n).end_column;                                    \
    } while (0)

static struct node *list(struct loc loc)
{
    return node_new(N_LIST, loc, NULL, 0);
}

static struct node *binary(struct loc loc, const char *op, struct node *a, struct node *b)
{
    return node_new(N_BINARY, loc, intern(op), 2, a, b);
}

static struct node *texted(struct node *node, const char *text)
{
    node->text = text;
    return node;
}

static struct node *valued(struct node *node, const struct node *number)
{
    node->value = number->value;
    node->width = number->width;
    return node;
}

static struct node *sized(struct node *node, const struct node *number)
{
    node->width = (unsigned)number->value;
    return node;
}

/* A literal in a layout: its digits are its width; 0 and 1 are one bit. */
static struct node *bits(struct node *node, const struct node *number)
{
    valued(node, number);
    if (!node->width) {
        node->width = 1;
        if (node->value > 1) {
            diag(CHECK_FIELD_WIDTH, number->loc, "how many bits wide is this number?");
            diag_help("write layout constants in binary, 0b...: their digits are their width");
        }
    }
    return node;
}

/* The clause WORD item ..., from the list of all its items. */
static struct node *clause(struct loc loc, struct node *items, struct node *body)
{
    struct node *c = node_new(N_CLAUSE, loc, NULL, 1, body);
    for (size_t i = 0; i < items->kids.len; i++) {
        struct node *item = items->kids.at[i];
        if (i == 0 && item->kind == N_IDENT)
            c->name = item->name;
        else
            node_add(c, item);
    }
    return c;
}
}

%union {
    const char *text;
    struct node *node;
}

%token <text> IDENT "name" STRING "string"
%token <node> INT "number"
%token <text> COMPARE "comparison" EQUAL "==" NOT_EQUAL "!=" SHIFT "shift" DIVIDE "division"
%token <text> AND_AND "&&" OR_OR "||"
%token ARROW "->" FAT_ARROW "=>" DOTS ".."
%token <text> AFTER "after" ALIAS "alias" AT "at" ABI "abi" BANK "bank" BY "by" COMMIT "commit"
%token <text> CONTEXT "context" DEF "def" DROP "drop" ELSE "else" ENCODE "encode" ENUM "enum"
%token <text> EXAMPLE "example" EXTENSION "extension" EXTERN "extern" FENV "fenv" FOR "for"
%token <text> FORMAT "format" GIVES "gives" GOTO "goto" HELPER "helper" HINT "hint" IF "if" IN "in"
%token <text> INCLUDE "include" INITIAL_ "initial" INSN "insn" INSNS "insns" ISA "isa" KIND "kind"
%token <text> LENGTH "length" LET "let" LINK "link" MEMORY "memory" NAMES "names" NOW "now"
%token <text> NULLIFY "nullify" OPERAND "operand" OTHERWISE "otherwise" PREDICATED "predicated"
%token <text> READ "read" REFINES "refines" REG "reg" REQUIRES "requires" RESERVED "reserved"
%token <text> RETURN "return" TARGET "target" TEST "test" TRAP "trap" TRAPS "traps"
%token <text> UNMAPPED "unmapped" UNPREDICTABLE "unpredictable" VIEW "view" WHEN "when"
%token <text> WRITE "write"

%type <text> softid anyid insn_name_text class_word member_name
%type <node> decl include clauses clause clause_items clause_item clause_expr reg reg_items reg_item
%type <node> policies policy number_list name_list opt_count opt_init view bank bank_items bank_item
%type <node> params param_list param opt_params def def_result enum enum_items enum_item operand alts
%type <node> alt splits split_list split layout layout_item format opt_constraints constraints
%type <node> constraint_list constraint constraint_rhs format_ref insn insn_head insns opt_text
%type <node> modifiers modifier refine_names columns column_rows column_row column_value rows row
%type <node> alias opt_when length length_rules length_rule test opt_results settings setting value
%type <node> stmt block stmts trap_stmt let_names opt_type args arg_list expr unary postfix type
%type <node> type_list extern decls ident_list insn_name opt_requires kind_stmt class_stmt example
%type <text> opt_predicated effect_words

%precedence LOW
%right '?' ':'
%left OR_OR
%left AND_AND
%left COMPARE EQUAL NOT_EQUAL
%left '|'
%left '^'
%left '&'
%left SHIFT
%left '+' '-'
%left '*' DIVIDE
%precedence ELSE

%start start
%token START_EXPR

%%

/* START_EXPR stands in front when a lone expression is wanted (parse_expr). */
start: file | START_EXPR expr { node_add(lx->root, $2); };

file: %empty | file decl { if ($2) node_add(lx->root, $2); };

decls: %empty { $$ = list(@$); } | decls decl { $$ = $2 ? node_add($1, $2) : $1; };

decl:
  include
| ISA anyid '{' clauses '}' { $$ = $4; $$->kind = N_ISA; $$->name = $2; $$->loc = @$; }
| EXTENSION anyid opt_requires opt_when '{' decls '}'
      { $$ = node_new(N_EXTENSION, @2, $2, 3, $3, $4, $6); }
| reg
| CONTEXT anyid ':' type opt_init ';' { $$ = node_new(N_CONTEXT, @2, $2, 2, $4, $5); }
| view
| bank
| TRAP anyid opt_params ';' { $$ = node_new(N_TRAP_DECL, @2, $2, 2, $3, NULL); }
| TRAP anyid opt_params block { $$ = node_new(N_TRAP_DECL, @2, $2, 2, $3, $4); }
| MEMORY '{' clauses '}' { $$ = $3; $$->kind = N_MEMORY; $$->loc = @1; }
| FENV '{' clauses '}' { $$ = $3; $$->kind = N_FENV; $$->loc = @1; }
| def
| extern
| enum
| operand
| format
| insn
| insns
| alias
| test
| example
| class_stmt
| length
| TARGET anyid '{' clauses '}' { $$ = $4; $$->kind = N_TARGET; $$->name = $2; $$->loc = @2; }
| ABI clause_items '{' clauses '}'
      { $$ = node_new(N_ABI, @1, NULL, 1, clause(@2, $2, $4)); $$->name = $$->kids.at[0]->name; }
| error ';' { $$ = NULL; yyerrok; }
| error '}' { $$ = NULL; } /* no yyerrok: that may have been an inner brace */
;

include: INCLUDE STRING ';' { $$ = node_new(N_INCLUDE, @$, NULL, 1, parse_include($2, @2));
                              $$->text = $2; };

opt_requires: %empty { $$ = list(@$); } | REQUIRES ident_list { $$ = $2; };
ident_list:
  anyid { $$ = node_add(list(@$), node_new(N_IDENT, @1, $1, 0)); }
| ident_list ',' anyid { $$ = node_add($1, node_new(N_IDENT, @3, $3, 0)); }
;

/* Clauses: a word, items, and ; or a block of clauses. */
clauses: %empty { $$ = list(@$); } | clauses clause { $$ = node_add($1, $2); };
clause:
  clause_items ';' { $$ = clause(@$, $1, NULL); }
| clause_items '{' clauses '}' { $$ = clause(@1, $1, $3); }
| HELPER INT block { $$ = node_new(N_CLAUSE, @1, intern("helper"), 3, NULL, $2, $3); }
| error ';' { $$ = node_new(N_CLAUSE, @1, intern("error"), 1, NULL); yyerrok; }
;
clause_items:
  clause_item { $$ = node_add(list(@$), $1); }
| clause_items clause_item { $$ = node_add($1, $2); }
;
clause_item:
  clause_expr
| STRING { $$ = texted(node_new(N_STRING, @$, NULL, 0), $1); }
| '-' INT { $$ = node_new(N_UNARY, @$, intern("-"), 1, $2); }
| FAT_ARROW { $$ = node_new(N_IDENT, @$, intern("=>"), 0); }
| '=' { $$ = node_new(N_IDENT, @$, intern("="), 0); }
| ',' { $$ = node_new(N_IDENT, @$, intern(","), 0); }
;
clause_expr:
  anyid { $$ = node_new(N_IDENT, @$, $1, 0); }
| INT
| clause_expr '[' expr ']' { $$ = node_new(N_INDEX, @$, NULL, 2, $1, $3); }
| clause_expr '[' expr ':' expr ']' { $$ = node_new(N_SLICE, @$, NULL, 3, $1, $3, $5); }
| clause_expr '(' args ')' { $$ = node_new(N_CALL, @$, NULL, 2, $1, $3); }
| clause_expr '.' anyid { $$ = node_new(N_MEMBER, @$, $3, 1, $1); }
;

/* Registers, views, banks. */
reg:
  REG anyid opt_count ':' type ';' { $$ = node_new(N_REG, @2, $2, 3, $3, $5, list(@$)); }
| REG anyid opt_count ':' type '{' reg_items '}' { $$ = node_new(N_REG, @2, $2, 3, $3, $5, $7); }
;
opt_count: %empty { $$ = NULL; } | '[' expr ']' { $$ = $2; };
opt_init: %empty { $$ = NULL; } | '=' expr { $$ = $2; };
reg_items: %empty { $$ = list(@$); } | reg_items reg_item { $$ = node_add($1, $2); };
reg_item:
  NAMES name_list ';' { $$ = $2; $$->kind = N_NAMES; }
| AT expr '{' policies '}' { $$ = node_new(N_AT, @$, NULL, 3, $2, $4, NULL); }
| LINK number_list ';' { $$ = $2; $$->kind = N_LINK; }
| INITIAL_ expr ';' { $$ = node_new(N_INITIAL, @$, NULL, 1, $2); }
| IDENT '[' expr ']' ';' { $$ = node_new(N_REG_FIELD, @1, $1, 2, $3, NULL); }
| IDENT '[' expr ':' expr ']' ';' { $$ = node_new(N_REG_FIELD, @1, $1, 2, $3, $5); }
| policy
;
policies: %empty { $$ = list(@$); } | policies policy { $$ = node_add($1, $2); };
policy:
  READ expr ';' { $$ = node_new(N_READ, @$, NULL, 1, $2); }
| READ trap_stmt { $$ = node_new(N_READ, @$, NULL, 1, $2); }
| WRITE stmt { $$ = node_new(N_WRITE, @$, NULL, 1, $2); }
| WRITE DROP ';' { $$ = node_new(N_WRITE, @$, NULL, 1, NULL); }
;
number_list:
  INT { $$ = node_add(list(@$), $1); }
| number_list opt_comma INT { $$ = node_add($1, $3); }
;
name_list:
  anyid { $$ = node_add(list(@$), node_new(N_IDENT, @1, $1, 0)); }
| STRING { $$ = node_add(list(@$), texted(node_new(N_STRING, @1, NULL, 0), $1)); }
| name_list anyid { $$ = node_add($1, node_new(N_IDENT, @2, $2, 0)); }
| name_list STRING { $$ = node_add($1, texted(node_new(N_STRING, @2, NULL, 0), $2)); }
;
opt_comma: %empty | ',';

view:
  VIEW anyid ':' type '=' expr ';' { $$ = node_new(N_VIEW, @2, $2, 4, NULL, $4, $6, NULL); }
| VIEW anyid '[' anyid ':' expr ']' ':' type '=' expr ';'
      { $$ = texted(node_new(N_VIEW, @2, $2, 4, $6, $9, $11, NULL), $4); }
| VIEW anyid ':' type '{' policies '}'
      { $$ = node_new(N_VIEW, @2, $2, 4, NULL, $4, NULL, $6); }
| VIEW anyid '[' anyid ':' expr ']' ':' type '{' policies '}'
      { $$ = texted(node_new(N_VIEW, @2, $2, 4, $6, $9, NULL, $11), $4); }
;

bank: BANK anyid '[' type ']' ':' type '{' bank_items '}'
      { $$ = node_new(N_BANK, @2, $2, 3, $4, $7, $9); };
bank_items: %empty { $$ = list(@$); } | bank_items bank_item { $$ = node_add($1, $2); };
bank_item:
  AT expr opt_when '{' policies '}' { $$ = node_new(N_AT, @$, NULL, 3, $2, $5, $3); }
| AT expr NAMES anyid opt_when '{' policies '}' { $$ = node_new(N_AT, @$, $4, 3, $2, $7, $5); }
| OTHERWISE '{' policies '}' { $$ = node_new(N_OTHERWISE, @$, NULL, 1, $3); }
;

/* Definitions. */
type: anyid { $$ = node_new(N_IDENT, @$, $1, 0); };
type_list:
  type { $$ = node_add(list(@$), $1); }
| type_list ',' type { $$ = node_add($1, $3); }
;
opt_params: %empty { $$ = list(@$); } | '(' params ')' { $$ = $2; };
params: %empty { $$ = list(@$); } | param_list;
param_list:
  param { $$ = node_add(list(@$), $1); }
| param_list ',' param { $$ = node_add($1, $3); }
;
param:
  anyid ':' type { $$ = node_new(N_PARAM, @$, $1, 1, $3); }
| anyid ':' INT { $$ = sized(node_new(N_PARAM, @$, $1, 1, NULL), $3); }
| anyid { $$ = node_new(N_PARAM, @$, $1, 1, NULL); }
;
def:
  DEF anyid '(' params ')' def_result block { $$ = node_new(N_DEF, @2, $2, 3, $4, $6, $7); }
| DEF anyid '(' params ')' def_result '=' expr ';'
      { $$ = node_new(N_DEF, @2, $2, 3, $4, $6, $8); }
;
def_result:
  %empty { $$ = NULL; }
| ARROW type { $$ = node_add(list(@$), $2); }
| ARROW '(' type_list ')' { $$ = $3; }
;
extern:
  EXTERN effect_words '(' type_list ')' ';'
      { $$ = texted(node_new(N_EXTERN, @2, NULL, 2, NULL, $4), $2); }
| EXTERN effect_words '(' ')' ';'
      { $$ = texted(node_new(N_EXTERN, @2, NULL, 2, NULL, list(@$)), $2); }
;
effect_words: anyid | effect_words anyid { $$ = internf("%s %s", $1, $2); };

enum: ENUM anyid ':' type '{' enum_items '}' { $$ = node_new(N_ENUM, @2, $2, 2, $4, $6); };
enum_items: %empty { $$ = list(@$); } | enum_items enum_item { $$ = node_add($1, $2); };
enum_item:
  INT STRING ';' { $$ = texted(valued(node_new(N_ENUM_ITEM, @$, NULL, 1, NULL), $1), $2); }
| INT STRING '=' expr ';' { $$ = texted(valued(node_new(N_ENUM_ITEM, @$, NULL, 1, $4), $1), $2); }
;

operand:
  OPERAND anyid '(' params ')' ARROW '(' params ')' '{' alts '}'
      { $$ = node_new(N_OPERAND, @2, $2, 3, $4, $8, $11); }
;
alts: %empty { $$ = list(@$); } | alts alt { $$ = node_add($1, $2); };
alt: insn_name_text opt_constraints splits STRING block
      { $$ = texted(node_new(N_ALT, @1, $1, 4, $2, $3,
                             texted(node_new(N_STRING, @4, NULL, 0), $4), $5), NULL); };
splits: %empty { $$ = list(@$); } | '(' split_list ')' { $$ = $2; };
split_list:
  split { $$ = node_add(list(@$), $1); }
| split_list ',' split { $$ = node_add($1, $3); }
;
split: layout '=' anyid { $$ = node_new(N_SPLIT, @$, $3, 1, $1); };

format: FORMAT anyid opt_params opt_predicated '=' layout ';'
      { $$ = texted(node_new(N_FORMAT, @2, $2, 2, $3, $6), $4); };
opt_predicated: %empty { $$ = NULL; } | PREDICATED BY anyid { $$ = $3; };
layout:
  layout_item { $$ = node_add(list(@$), $1); }
| layout layout_item { $$ = node_add($1, $2); }
;
layout_item:
  anyid { $$ = node_new(N_L_FIELD, @$, $1, 0); }
| anyid ':' INT
      { $$ = sized(node_new(strcmp($1, "_") ? N_L_FIELD : N_L_IGNORED, @$, $1, 0), $3); }
| anyid ':' type { $$ = node_new(N_L_FIELD, @$, $1, 1, $3); }
| anyid '[' expr ']' { $$ = node_new(N_L_PART, @$, $1, 2, $3, NULL); }
| anyid '[' expr ':' expr ']' { $$ = node_new(N_L_PART, @$, $1, 2, $3, $5); }
| anyid '.' anyid { $$ = texted(node_new(N_L_PART, @$, $1, 2, NULL, NULL), $3); }
| anyid '.' anyid '[' expr ':' expr ']' { $$ = texted(node_new(N_L_PART, @$, $1, 2, $5, $7), $3); }
| INT { $$ = bits(node_new(N_L_BITS, @$, NULL, 0), $1); }
| '(' INT ')' { $$ = bits(node_new(N_L_SHOULD, @$, NULL, 0), $2); }
;

opt_constraints: %empty { $$ = list(@$); } | constraints;
constraints: '{' constraint_list '}' { $$ = $2; };
constraint_list:
  %empty { $$ = list(@$); }
| constraint_list opt_comma constraint { $$ = node_add($1, $3); }
;
constraint:
  postfix '=' constraint_rhs { $$ = node_new(N_CONSTRAINT, @$, intern("="), 2, $1, $3); }
| postfix NOT_EQUAL constraint_rhs { $$ = node_new(N_CONSTRAINT, @$, intern("!="), 2, $1, $3); }
;
constraint_rhs:
  INT
| softid { $$ = node_new(N_IDENT, @$, $1, 0); }
| '(' expr ')' { $$ = $2; }
;

/* Instructions. */
insn_name_text:
  anyid
| insn_name_text '.' anyid { $$ = internf("%s.%s", $1, $3); }
| STRING
;
insn_name: insn_name_text { $$ = node_new(N_IDENT, @$, $1, 0); };
format_ref:
  anyid { $$ = node_new(N_FORMAT_REF, @$, $1, 0); }
| anyid '(' param_list ')' { $$ = $3; $$->kind = N_FORMAT_REF; $$->name = $1; $$->loc = @$; }
;
opt_text: %empty { $$ = NULL; } | STRING { $$ = texted(node_new(N_STRING, @1, NULL, 0), $1); };
insn_head: INSN insn_name format_ref constraints opt_text modifiers
      { $$ = node_new(N_INSN, $2->loc, $2->name, 5, $3, $4, $5, $6, NULL); };
insn:
  insn_head block { $$ = $1; $$->kids.at[4] = $2; }
| insn_head ':' stmt { $$ = $1; $$->kids.at[4] = $3; }
;
modifiers: %empty { $$ = list(@$); } | modifiers modifier { $$ = node_add($1, $2); };
modifier:
  WHEN expr { $$ = node_new(N_WHEN, @$, NULL, 1, $2); }
| REFINES refine_names { $$ = $2; $$->kind = N_REFINES; }
;
refine_names:
  insn_name { $$ = node_add(list(@$), $1); }
| refine_names ',' insn_name { $$ = node_add($1, $3); }
;
insns: INSNS format_ref constraints opt_text modifiers columns '{' rows '}'
      { $$ = node_new(N_INSNS, @1, NULL, 6, $2, $3, $4, $5, $6, $8); };
columns:
  %empty { $$ = list(@$); }
| columns FOR '(' ident_list ')' IN '{' column_rows '}'
      { $$ = node_add($1, node_new(N_COLUMNS, @2, NULL, 2, $4, $8)); }
;
column_rows: %empty { $$ = list(@$); } | column_rows column_row ';' { $$ = node_add($1, $2); };
column_row:
  column_value { $$ = node_add(list(@$), $1); }
| column_row column_value { $$ = node_add($1, $2); }
;
column_value:
  anyid { $$ = node_new(N_IDENT, @$, $1, 0); }
| INT
| STRING { $$ = texted(node_new(N_STRING, @$, NULL, 0), $1); }
| '(' expr ')' { $$ = $2; }
;
rows: %empty { $$ = list(@$); } | rows row { $$ = node_add($1, $2); };
row:
  insn_name constraints opt_text modifiers ':' stmt
      { $$ = node_new(N_INSN, $1->loc, $1->name, 5, NULL, $2, $3, $4, $6); }
| insn_name constraints opt_text modifiers block
      { $$ = node_new(N_INSN, $1->loc, $1->name, 5, NULL, $2, $3, $4, $5); }
| error ';' { $$ = list(@$); yyerrok; }
;
alias:
  ALIAS STRING '=' insn_name opt_constraints opt_when ';'
      { $$ = texted(node_new(N_ALIAS, @2, NULL, 3, $4, $5, $6), $2); }
;
opt_when: %empty { $$ = NULL; } | WHEN expr { $$ = $2; };
length: LENGTH '{' length_rules '}' { $$ = $3; $$->kind = N_LENGTH; $$->loc = @1; };
length_rules: length_rule { $$ = node_add(list(@$), $1); }
| length_rules length_rule { $$ = node_add($1, $2); };
length_rule:
  expr ARROW INT ';' { $$ = valued(node_new(N_LENGTH_RULE, @$, NULL, 1, $1), $3); }
| OTHERWISE ARROW INT ';' { $$ = valued(node_new(N_LENGTH_RULE, @$, NULL, 1, NULL), $3); }
;

/* Examples and tests. */
example: EXAMPLE INT STRING ';' { $$ = texted(valued(node_new(N_EXAMPLE, @$, NULL, 0), $2), $3); };
test:
  TEST '{' settings '}' opt_results ';'
      { $$ = $5; $$->kids.at[0] = $3; $$->loc = @1; }
| TEST STRING '{' settings '}' opt_results ';'
      { $$ = texted($6, $2); $$->kids.at[0] = $4; $$->loc = @1; }
| TEST INT STRING '{' settings '}' opt_results ';'
      { $$ = texted(valued($7, $2), $3); $$->width = 1; $$->kids.at[0] = $5; $$->loc = @1; }
;
opt_results:
  GIVES '{' settings '}' { $$ = node_new(N_TEST, @$, NULL, 3, NULL, $3, NULL); }
| TRAPS anyid { $$ = node_new(N_TEST, @$, NULL, 3, NULL, NULL,
                              node_new(N_TRAP, @$, $2, 2, list(@$), NULL)); }
| TRAPS anyid '(' args ')' { $$ = node_new(N_TEST, @$, NULL, 3, NULL, NULL,
                                           node_new(N_TRAP, @$, $2, 2, $4, NULL)); }
| TRAPS anyid GIVES '{' settings '}' { $$ = node_new(N_TEST, @$, NULL, 3, NULL, $5,
                                                  node_new(N_TRAP, @$, $2, 2, list(@$), NULL)); }
| TRAPS anyid '(' args ')' GIVES '{' settings '}'
      { $$ = node_new(N_TEST, @$, NULL, 3, NULL, $8, node_new(N_TRAP, @$, $2, 2, $4, NULL)); }
;
settings:
  %empty { $$ = list(@$); }
| settings setting { $$ = node_add($1, $2); }
| settings ',' setting { $$ = node_add($1, $3); }
;
setting:
  postfix '=' value { $$ = node_new(N_SETTING, @$, intern("="), 2, $1, $3); }
| AT value { $$ = node_new(N_SETTING, @$, intern("at"), 2, NULL, $2); }
| UNMAPPED value { $$ = node_new(N_SETTING, @$, intern("unmapped"), 2, $2, NULL); }
| UNMAPPED value DOTS value { $$ = node_new(N_SETTING, @$, intern("unmapped"), 2, $2, $4); }
;
value:
  INT
| '-' INT { $$ = node_new(N_UNARY, @$, intern("-"), 1, $2); }
| softid { $$ = node_new(N_IDENT, @$, $1, 0); }
| STRING { $$ = texted(node_new(N_STRING, @$, NULL, 0), $1); }
| '(' expr ')' { $$ = $2; }
;

/* Statements. */
block: '{' stmts '}' { $$ = $2; $$->loc = @$; };
stmts: %empty { $$ = node_new(N_BLOCK, @$, NULL, 0); }
| stmts stmt { $$ = $2 ? node_add($1, $2) : $1; };
stmt:
  block
| LET softid opt_type '=' expr ';'
      { $$ = node_new(N_LET, @$, NULL, 3,
                      node_add(list(@2), node_new(N_IDENT, @2, $2, 0)), $3, $5); }
| LET '(' let_names ')' '=' expr ';' { $$ = node_new(N_LET, @$, NULL, 3, $3, NULL, $6); }
| postfix '=' expr ';' { $$ = node_new(N_ASSIGN, @$, NULL, 2, $1, $3); }
| postfix ';' { $$ = node_new(N_CALL_STMT, @$, NULL, 1, $1); }
| IF '(' expr ')' stmt %prec LOW { $$ = node_new(N_IF, @1, NULL, 3, $3, $5, NULL); }
| IF '(' expr ')' stmt ELSE stmt { $$ = node_new(N_IF, @1, NULL, 3, $3, $5, $7); }
| FOR softid IN expr DOTS expr block { $$ = node_new(N_FOR, @1, $2, 3, $4, $6, $7); }
| GOTO expr ';' { $$ = node_new(N_GOTO, @$, NULL, 1, $2); }
| GOTO expr NOW ';' { $$ = node_new(N_GOTO, @$, NULL, 1, $2); $$->value = 1; }
| NULLIFY ';' { $$ = node_new(N_NULLIFY, @$, NULL, 0); }
| trap_stmt
| RETURN expr ';' { $$ = node_new(N_RETURN, @$, NULL, 1, $2); }
| RETURN '(' expr ',' arg_list ')' ';'
      { $$ = node_new(N_RETURN, @$, NULL, 1, $3);
        for (size_t i = 0; i < $5->kids.len; i++) node_add($$, $5->kids.at[i]); }
| COMMIT block { $$ = node_new(N_COMMIT, @1, NULL, 1, $2); }
| example
| test
| class_stmt
| kind_stmt
| ENCODE softid '=' expr ';' { $$ = node_new(N_ENCODE, @$, $2, 1, $4); }
| error ';' { $$ = NULL; yyerrok; }
;
trap_stmt:
  TRAP anyid ';' { $$ = node_new(N_TRAP, @$, $2, 2, list(@$), NULL); }
| TRAP anyid '(' args ')' ';' { $$ = node_new(N_TRAP, @$, $2, 2, $4, NULL); }
| TRAP anyid WHEN expr ';' { $$ = node_new(N_TRAP, @$, $2, 2, list(@$), $4); }
| TRAP anyid '(' args ')' WHEN expr ';' { $$ = node_new(N_TRAP, @$, $2, 2, $4, $7); }
| TRAP anyid AFTER ';' { $$ = node_new(N_TRAP, @$, $2, 2, list(@$), NULL); $$->value = 1; }
| TRAP anyid '(' args ')' AFTER ';' { $$ = node_new(N_TRAP, @$, $2, 2, $4, NULL); $$->value = 1; }
| TRAP anyid AFTER WHEN expr ';'
      { $$ = node_new(N_TRAP, @$, $2, 2, list(@$), $5); $$->value = 1; }
| TRAP anyid '(' args ')' AFTER WHEN expr ';'
      { $$ = node_new(N_TRAP, @$, $2, 2, $4, $8); $$->value = 1; }
;
class_stmt: class_word WHEN expr ';' { $$ = node_new(N_CLASS, @$, $1, 1, $3); };
class_word: RESERVED | UNPREDICTABLE | HINT;
kind_stmt: KIND anyid opt_when ';' { $$ = node_new(N_KIND, @$, $2, 1, $3); };
let_names:
  softid { $$ = node_add(list(@$), node_new(N_IDENT, @1, $1, 0)); }
| let_names ',' softid { $$ = node_add($1, node_new(N_IDENT, @3, $3, 0)); }
;
opt_type: %empty { $$ = NULL; } | ':' type { $$ = $2; };

/* Expressions, weakest first. */
expr:
  unary
| expr '?' expr ':' expr { $$ = node_new(N_COND, @$, NULL, 3, $1, $3, $5); }
| expr OR_OR expr { $$ = binary(@$, $2, $1, $3); }
| expr AND_AND expr { $$ = binary(@$, $2, $1, $3); }
| expr COMPARE expr { $$ = binary(@$, $2, $1, $3); }
| expr EQUAL expr { $$ = binary(@$, $2, $1, $3); }
| expr NOT_EQUAL expr { $$ = binary(@$, $2, $1, $3); }
| expr '|' expr { $$ = binary(@$, "|", $1, $3); }
| expr '^' expr { $$ = binary(@$, "^", $1, $3); }
| expr '&' expr { $$ = binary(@$, "&", $1, $3); }
| expr SHIFT expr { $$ = binary(@$, $2, $1, $3); }
| expr '+' expr { $$ = binary(@$, "+", $1, $3); }
| expr '-' expr { $$ = binary(@$, "-", $1, $3); }
| expr '*' expr { $$ = binary(@$, "*", $1, $3); }
| expr DIVIDE expr { $$ = binary(@$, $2, $1, $3); }
;
unary:
  postfix
| '-' unary { $$ = node_new(N_UNARY, @$, intern("-"), 1, $2); }
| '~' unary { $$ = node_new(N_UNARY, @$, intern("~"), 1, $2); }
| '!' unary { $$ = node_new(N_UNARY, @$, intern("!"), 1, $2); }
;
postfix:
  softid { $$ = node_new(N_IDENT, @$, $1, 0); }
| INT
| '(' expr ')' { $$ = $2; }
| '#' softid { $$ = node_new(N_UNARY, @$, intern("#"), 1, node_new(N_IDENT, @2, $2, 0)); }
| postfix '[' expr ']' { $$ = node_new(N_INDEX, @$, NULL, 2, $1, $3); }
| postfix '[' expr ':' expr ']' { $$ = node_new(N_SLICE, @$, NULL, 3, $1, $3, $5); }
| postfix '(' args ')' { $$ = node_new(N_CALL, @$, NULL, 2, $1, $3); }
| postfix '.' member_name { $$ = node_new(N_MEMBER, @$, $3, 1, $1); }
;
member_name: anyid;
args: %empty { $$ = list(@$); } | arg_list;
arg_list:
  expr { $$ = node_add(list(@$), $1); }
| arg_list ',' expr { $$ = node_add($1, $3); }
;

softid:
  IDENT | ALIAS | ABI | BANK | BY | CONTEXT | DEF | ENUM | EXTENSION | EXTERN | FENV
| FORMAT | INCLUDE | INITIAL_ | INSN | INSNS | ISA | LENGTH | LINK | MEMORY | NAMES | OPERAND
| PREDICATED | READ | REG | REQUIRES | TARGET | VIEW | WRITE
;
anyid:
  softid | AFTER | AT | COMMIT | DROP | ELSE | ENCODE | EXAMPLE | FOR | GIVES | GOTO | HINT | IF | IN
| KIND | LET | NOW | NULLIFY | OTHERWISE | REFINES | RESERVED | RETURN | TEST | TRAP | TRAPS
| UNMAPPED | UNPREDICTABLE | WHEN
;

%%

/* The token as it stands in the source; its kind if that is no single word. */
static const char *token_text(yysymbol_kind_t token, struct loc loc)
{
    if (token == YYSYMBOL_YYEMPTY || token == YYSYMBOL_YYEOF)
        return "the end of the file";
    unsigned len = loc.end_column - loc.column;
    if (token == YYSYMBOL_STRING || !loc.file || loc.line > source_at(loc.file)->line_count || len > 40)
        return yysymbol_name(token);
    return internf("'%.*s'", (int)len, source_at(loc.file)->lines[loc.line - 1] + loc.column - 1);
}

static int yyreport_syntax_error(const yypcontext_t *context, void *scanner, struct lexer *lx)
{
    (void)scanner;
    (void)lx;
    struct loc loc = *yypcontext_location(context);
    yysymbol_kind_t token = yypcontext_token(context);
    diag(CHECK_SYNTAX, loc, "syntax error at %s", token_text(token, loc));
    enum { MOST = 5 };
    yysymbol_kind_t expected[MOST];
    int count = yypcontext_expected_tokens(context, expected, MOST);
    if (count > 0 && count <= MOST) {
        struct text t = {0};
        for (int i = 0; i < count; i++)
            text_addf(&t, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ",
                      yysymbol_name(expected[i]));
        diag_help("here can stand %s", t.at);
        free(t.at);
    }
    return 0;
}

static void yyerror(struct loc *loc, void *scanner, struct lexer *lx, const char *message)
{
    (void)scanner;
    (void)lx;
    diag(CHECK_SYNTAX, *loc, "%s", message);
}
