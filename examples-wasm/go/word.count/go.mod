module word.count

go 1.24
