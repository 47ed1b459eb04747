// Counts the words of a text: `word.count` as it is in every language, here in Go.
package main

import "strings"

type payload struct {
	Text *string `json:"text"`
}

type result struct {
	Words int `json:"words"`
}

var wordCount = tool[payload, result]{
	description: "Counts the words of a text.",
	schema:      `{"type":"object","properties":{"text":{"type":"string"}},"required":["text"]}`,
	validate: func(p payload) error {
		if p.Text == nil {
			return failure("payload: `text` is missing")
		}
		return nil
	},
	execute: func(p payload) (result, error) {
		return result{len(strings.Fields(*p.Text))}, nil
	},
}

// The host calls the exports; Go calls main only in a command.
func main() {}
