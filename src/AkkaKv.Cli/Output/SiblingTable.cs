using AkkaKv.Api;
using AkkaKv.Reports;

namespace AkkaKv.Cli.Output;

/// <summary>Concurrent values side by side.</summary>
internal static class SiblingTable
{
    public static void Print(TablePrinter printer, IReadOnlyList<Sibling> siblings) => printer.Print(
        ["TAG", "BYTES", "TYPE", "WRITTEN", "VALUE"],
        siblings.Select(sibling => (IReadOnlyList<string>)
        [
            sibling.Tag,
            Shown.Count(sibling.Value.Length),
            sibling.ContentType ?? "",
            Shown.Moment(sibling.WrittenAt),
            sibling.Deleted ? "(deleted)" : Shown.Preview(sibling.Value.Span),
        ]));

    public static object Json(GetReply reply) => new
    {
        found = reply.Found,
        siblings = reply.Siblings.Select(sibling => new
        {
            tag = sibling.Tag,
            contentType = sibling.ContentType,
            value = Convert.ToBase64String(sibling.Value.Span),
            writtenAt = sibling.WrittenAt,
            expiresAt = sibling.ExpiresAt,
            deleted = sibling.Deleted,
        }).ToArray(),
        context = reply.Context?.ToString(),
        quorum = reply.Quorum,
    };
}
