using AkkaKv.Host.AkkaNet.Operator;

namespace AkkaKv.Host.AkkaNet.Tests.Operator;

/// <summary>A whole answer. (<c>ToArrayAsync</c> is there twice: in .NET, and in a package that Akka.NET brings.)</summary>
internal static class OperatorAnswer
{
    public static async Task<OperatorLine[]> OfAsync(IAsyncEnumerable<OperatorLine> lines)
    {
        var all = new List<OperatorLine>();
        await foreach (OperatorLine line in lines)
            all.Add(line);
        return [.. all];
    }
}
