//! Tokens as a tree, by precedence: `or`, `and`, `not`, comparisons, `??`, `+ -`, `* / %`, `-`, fields.

use std::ops::Range;

use super::lexer::{Placed, Token, problem};
use super::{FUNCTIONS, Place, Problem};
use crate::dialog::diagnostic::{Code, did_you_mean};
use crate::dialog::model::{Binary, Expr, Node, Over};
use crate::domain::limits::EXPRESSION_DEPTH_MAX;
use crate::domain::value::Value;

type Parsed = Result<Expr, Problem>;

struct Parser<'a> {
    tokens: &'a [Placed],
    at: usize,
    depth: usize,
    place: &'a Place,
}

pub(super) fn parse(tokens: &[Placed], place: &Place) -> Parsed {
    let mut parser = Parser { tokens, at: 0, depth: 0, place };
    if tokens.len() <= 1 {
        return Err(problem(place, 0..0, "the expression is empty"));
    }
    let expr = parser.or()?;
    match parser.peek() {
        Token::End => Ok(expr),
        Token::Number(_) | Token::Quoted(_) | Token::Word(_) | Token::Symbol(_) => {
            Err(parser.unexpected("the end or an operator"))
        }
    }
}

impl Parser<'_> {
    fn peek(&self) -> &Token {
        self.tokens.get(self.at).map_or(&Token::End, |(token, _)| token)
    }

    fn range(&self) -> Range<usize> {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(0..0, |(_, range)| range.clone())
    }

    fn take_symbol(&mut self, symbol: &str) -> bool {
        let is_it = matches!(self.peek(), Token::Symbol(found) if *found == symbol);
        self.at += usize::from(is_it);
        is_it
    }

    fn take_word(&mut self, word: &str) -> bool {
        let is_it = matches!(self.peek(), Token::Word(found) if found == word);
        self.at += usize::from(is_it);
        is_it
    }

    fn expect(&mut self, symbol: &str) -> Result<(), Problem> {
        if self.take_symbol(symbol) { Ok(()) } else { Err(self.unexpected(&format!("`{symbol}`"))) }
    }

    fn unexpected(&self, expected: &str) -> Problem {
        let found = match self.peek() {
            Token::End => "the end".to_owned(),
            Token::Number(number) => format!("`{number}`"),
            Token::Quoted(text) => format!("'{text}'"),
            Token::Word(word) => format!("`{word}`"),
            Token::Symbol(symbol) => format!("`{symbol}`"),
        };
        problem(self.place, self.range(), &format!("expected {expected}, found {found}"))
    }

    fn deeper(&mut self, parse: impl FnOnce(&mut Self) -> Parsed) -> Parsed {
        self.depth += 1;
        if self.depth > EXPRESSION_DEPTH_MAX {
            return Err(problem(self.place, self.range(), "the expression is nested too deep"));
        }
        let result = parse(self);
        self.depth -= 1;
        result
    }

    fn or(&mut self) -> Parsed {
        self.deeper(|parser| {
            let mut left = parser.and()?;
            while parser.take_word("or") {
                left = binary(Binary::Or, left, parser.and()?);
            }
            Ok(left)
        })
    }

    fn and(&mut self) -> Parsed {
        let mut left = self.not()?;
        while self.take_word("and") {
            left = binary(Binary::And, left, self.not()?);
        }
        Ok(left)
    }

    fn not(&mut self) -> Parsed {
        let start = self.range();
        if !self.take_word("not") {
            return self.comparison();
        }
        let inner = self.deeper(Self::not)?;
        let span = self.place.span(start).start..inner.span.end;
        Ok(Expr { span, node: Node::Not(Box::new(inner)) })
    }

    fn comparison(&mut self) -> Parsed {
        let left = self.or_else()?;
        let left = self.is_set(left)?;
        let Some(operator) = self.take_comparison() else { return Ok(left) };
        let right = self.or_else()?;
        let both = binary(operator, left, right);
        let again = self.range();
        if self.take_comparison().is_some() {
            let mut twice = problem(self.place, again, "two comparisons in a row");
            twice.help = Some("write `a < b and b < c`".to_owned());
            return Err(twice);
        }
        Ok(both)
    }

    fn is_set(&mut self, left: Expr) -> Parsed {
        if !self.take_word("is") {
            return Ok(left);
        }
        let not = self.take_word("not");
        let end = self.place.span(self.range()).end;
        if !self.take_word("set") {
            return Err(self.unexpected("`set` after `is`"));
        }
        let span = left.span.start..end;
        let set = Expr { span: span.clone(), node: Node::IsSet(Box::new(left)) };
        Ok(if not { Expr { span, node: Node::Not(Box::new(set)) } } else { set })
    }

    fn take_comparison(&mut self) -> Option<Binary> {
        const COMPARISONS: &[(&str, Binary)] = &[
            ("==", Binary::Equal),
            ("!=", Binary::NotEqual),
            ("<=", Binary::LessOrEqual),
            (">=", Binary::GreaterOrEqual),
            ("<", Binary::Less),
            (">", Binary::Greater),
        ];
        if self.take_word("in") {
            return Some(Binary::In);
        }
        COMPARISONS.iter().find(|(symbol, _)| self.take_symbol(symbol)).map(|(_, operator)| *operator)
    }

    fn or_else(&mut self) -> Parsed {
        let left = self.sum()?;
        if !self.take_symbol("??") {
            return Ok(left);
        }
        let right = self.deeper(Self::or_else)?;
        let span = left.span.start..right.span.end;
        Ok(Expr { span, node: Node::OrElse(Box::new(left), Box::new(right)) })
    }

    fn sum(&mut self) -> Parsed {
        let mut left = self.product()?;
        loop {
            let operator = if self.take_symbol("+") {
                Binary::Add
            } else if self.take_symbol("-") {
                Binary::Subtract
            } else {
                return Ok(left);
            };
            left = binary(operator, left, self.product()?);
        }
    }

    fn product(&mut self) -> Parsed {
        let mut left = self.negate()?;
        loop {
            let operator = if self.take_symbol("*") {
                Binary::Multiply
            } else if self.take_symbol("/") {
                Binary::Divide
            } else if self.take_symbol("%") {
                Binary::Remainder
            } else {
                return Ok(left);
            };
            left = binary(operator, left, self.negate()?);
        }
    }

    fn negate(&mut self) -> Parsed {
        let start = self.range();
        if !self.take_symbol("-") {
            return self.fields();
        }
        let inner = self.deeper(Self::negate)?;
        let span = self.place.span(start).start..inner.span.end;
        Ok(Expr { span, node: Node::Negate(Box::new(inner)) })
    }

    fn fields(&mut self) -> Parsed {
        let mut expr = self.primary()?;
        while self.take_symbol(".") {
            let Token::Word(field) = self.peek().clone() else { return Err(self.unexpected("a field's name")) };
            let span = expr.span.start..self.place.span(self.range()).end;
            self.at += 1;
            expr = Expr { span, node: Node::Field(Box::new(expr), field) };
        }
        Ok(expr)
    }

    fn primary(&mut self) -> Parsed {
        let start = self.range();
        let span = self.place.span(start.clone());
        let token = self.peek().clone();
        let node = match token {
            Token::Number(number) => Node::Value(Value::Num(number)),
            Token::Quoted(text) => Node::Value(literal(&text)),
            Token::Word(word) => return self.word(&word, start),
            Token::Symbol("(") => {
                self.at += 1;
                let inner = self.or()?;
                self.expect(")")?;
                return Ok(inner);
            }
            Token::Symbol("[") => return self.list(start),
            Token::Symbol(_) | Token::End => return Err(self.unexpected("a value")),
        };
        self.at += 1;
        Ok(Expr { node, span })
    }

    fn word(&mut self, word: &str, start: Range<usize>) -> Parsed {
        let span = self.place.span(start.clone());
        if matches!(word, "and" | "or" | "not" | "in" | "is" | "set") {
            return Err(self.unexpected("a value"));
        }
        self.at += 1;
        if self.take_symbol("(") {
            return self.call(word, start);
        }
        let node = match word {
            "true" => Node::Value(Value::Bool(true)),
            "false" => Node::Value(Value::Bool(false)),
            name => Node::Name(name.to_owned()),
        };
        Ok(Expr { node, span })
    }

    fn call(&mut self, word: &str, start: Range<usize>) -> Parsed {
        let mut arguments = Vec::new();
        while !self.take_symbol(")") {
            if !arguments.is_empty() {
                self.expect(",")?;
            }
            arguments.push(self.or()?);
        }
        let closing = self.tokens.get(self.at.wrapping_sub(1)).map_or(start.end, |(_, range)| range.end);
        let span = self.place.span(start.start..closing);
        let over = match word {
            "any" => Some(Over::Any),
            "all" => Some(Over::All),
            "count" => Some(Over::Count),
            _ => None,
        };
        if let Some(over) = over {
            let Ok([list, condition]) = <[Expr; 2]>::try_from(arguments) else {
                let message = format!("`{word}` takes a list and a condition");
                return Err(Problem { code: Some(Code::ArgumentCount), ..problem(self.place, start, &message) });
            };
            return Ok(Expr { span, node: Node::Over(over, Box::new(list), Box::new(condition)) });
        }
        let Some((name, function, count)) = FUNCTIONS.iter().find(|(name, ..)| *name == word) else {
            let mut unknown = problem(self.place, start, &format!("there is no function `{word}`"));
            unknown.help = did_you_mean(word, FUNCTIONS.iter().map(|(name, ..)| *name).chain(["any", "all", "count"]));
            unknown.code = Some(Code::UnknownFunction);
            return Err(unknown);
        };
        if arguments.len() != *count {
            let message = format!("`{name}` takes {count} arguments, not {}", arguments.len());
            return Err(Problem { code: Some(Code::ArgumentCount), ..problem(self.place, start, &message) });
        }
        Ok(Expr { span, node: Node::Call(*function, arguments) })
    }

    fn list(&mut self, start: Range<usize>) -> Parsed {
        self.at += 1;
        let mut values = Vec::new();
        while !self.take_symbol("]") {
            if !values.is_empty() {
                self.expect(",")?;
            }
            let minus = self.take_symbol("-");
            let value = match self.peek() {
                Token::Number(number) => Value::Num(if minus { -number } else { *number }),
                Token::Quoted(text) if !minus => literal(text),
                Token::Quoted(_) | Token::Word(_) | Token::Symbol(_) | Token::End => {
                    return Err(self.unexpected("a quoted word or a number"));
                }
            };
            values.push(value);
            self.at += 1;
        }
        let end = self.tokens.get(self.at.wrapping_sub(1)).map_or(start.end, |(_, range)| range.end);
        Ok(Expr { node: Node::Value(Value::List(values)), span: self.place.span(start.start..end) })
    }
}

/// A quoted literal: a time of day or a date when it looks exactly like one, else words.
fn literal(text: &str) -> Value {
    let bytes = text.as_bytes();
    let digits = |range: Range<usize>| bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    let is_time = bytes.len() == 5 && bytes[2] == b':' && digits(0..2) && digits(3..5);
    let is_date = bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-' && digits(0..4);
    match (is_time, is_date) {
        (true, _) => text.parse().map_or_else(|_| Value::text(text), Value::Time),
        (_, true) => text.parse().map_or_else(|_| Value::text(text), Value::Date),
        (false, false) => Value::text(text),
    }
}

fn binary(operator: Binary, left: Expr, right: Expr) -> Expr {
    let span = left.span.start..right.span.end.max(left.span.start);
    Expr { node: Node::Binary(operator, Box::new(left), Box::new(right)), span }
}
