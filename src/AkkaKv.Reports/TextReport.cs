namespace AkkaKv.Reports;

/// <summary>What a person is answered: sentences, a table, sentences.</summary>
internal sealed record TextReport(IReadOnlyList<string> Head, TextTable Table, IReadOnlyList<string> Foot)
{
    /// <summary>All of it where nobody draws tables.</summary>
    public IReadOnlyList<string> Lines() => [.. Head, .. Table.Lines(), .. Foot];
}

/// <summary>A table before anybody draws it. Each row has a cell for each column.</summary>
internal sealed record TextTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    private const string Gap = "  ";

    /// <summary>Plain columns, as wide as their widest cell; nothing where there is no row.</summary>
    public IEnumerable<string> Lines()
    {
        if (Rows.Count == 0)
            return [];
        int[] widths = [.. Columns.Select((column, at) => Rows.Max(row => row[at].Length) is var widest && widest > column.Length ? widest : column.Length)];
        return Rows.Prepend(Columns).Select(row => string.Join(Gap, row.Select((cell, at) => cell.PadRight(widths[at]))).TrimEnd());
    }
}
