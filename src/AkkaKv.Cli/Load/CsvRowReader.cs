namespace AkkaKv.Cli.Load;

/// <summary>
/// Cuts a CSV file into records and fields as RFC 4180 says: commas, double quotes around a field that holds commas,
/// quotes (doubled) or line breaks; a record ends with CRLF or LF. What breaks these rules is a record with a problem,
/// and reading goes on behind its line.
/// </summary>
internal sealed class CsvRowReader(ByteSource source, int recordBytesMax)
{
    private long _line = 1;

    /// <summary>The next record that is not an empty line, or null at the end.</summary>
    public CsvRow? Next()
    {
        while (source.Peek() != ByteSource.None)
        {
            var row = new CsvRow(_line, recordBytesMax);
            ReadRecord(row);
            // A quoted empty field is a record; a line with nothing on it is not.
            bool isEmptyLine = row is { Fields: [{ Length: 0 }], Problem: null } && row.Raw.Span.TrimEnd("\r\n"u8).IsEmpty;
            if (!isEmptyLine)
                return row;
        }
        return null;
    }

    private void ReadRecord(CsvRow row)
    {
        while (true)
        {
            bool quoted = source.Peek() == '"';
            int end = quoted ? ReadQuoted(row) : ReadPlain(row);
            row.EndField();
            if (row.Problem is not null && end == ',')
                end = SkipLine(row);
            if (end != ',')
                return;
        }
    }

    /// <summary>Reads up to the comma, the line's end or the file's end, and returns which it was.</summary>
    private int ReadPlain(CsvRow row)
    {
        while (true)
        {
            int each = Take(row);
            if (each is ',' or '\n' or ByteSource.None)
                return each;
            if (row.IsTooLong)
                return SkipLine(row);
            if (each == '\r' && source.Peek() is '\n' or ByteSource.None)
                continue;
            if (each == '"')
                row.Fail($"field {row.FieldNumber} has a quote but does not begin with one");
            row.Append(each);
        }
    }

    private int ReadQuoted(CsvRow row)
    {
        Take(row);
        while (true)
        {
            int each = Take(row);
            if (each == ByteSource.None)
            {
                row.Fail($"field {row.FieldNumber} begins with a quote that is never closed");
                return each;
            }
            if (row.IsTooLong)
                return SkipLine(row);
            if (each != '"')
                row.Append(each);
            else if (source.Peek() == '"')
                row.Append(Take(row));
            else
                return AfterQuote(row);
        }
    }

    private int AfterQuote(CsvRow row)
    {
        int each = Take(row);
        if (each == '\r' && source.Peek() is '\n' or ByteSource.None)
            each = Take(row);
        if (each is ',' or '\n' or ByteSource.None)
            return each;
        row.Fail($"field {row.FieldNumber} goes on behind its closing quote");
        return SkipLine(row);
    }

    private int SkipLine(CsvRow row)
    {
        if (row.IsTooLong)
            row.FailTooLong();
        int each;
        do
            each = Take(row);
        while (each is not '\n' and not ByteSource.None);
        return each;
    }

    private int Take(CsvRow row)
    {
        int each = source.Next();
        if (each == '\n')
            _line++;
        if (each != ByteSource.None && !(each == '\n' && row.IsTooLong))
            row.Keep(each);
        return each;
    }
}
