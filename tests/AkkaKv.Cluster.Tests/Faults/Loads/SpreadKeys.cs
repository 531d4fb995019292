using System.Text;
using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Cluster.Tests.Faults.Loads;

/// <summary>Keys chosen so that each partition has equally many: no owner list of the ring is left out by chance.</summary>
internal static class SpreadKeys
{
    /// <summary>The names, the first of each partition before the second of any.</summary>
    public static IReadOnlyList<string> Names(string bucket, int ofEachPartition, int partitions = Token.PartitionsDefault)
    {
        var found = Enumerable.Range(0, partitions).Select(_ => new List<string>(ofEachPartition)).ToList();
        int left = partitions * ofEachPartition;
        for (int number = 0; left > 0; number++)
        {
            string name = $"key-{number}";
            var names = found[PartitionOf(bucket, name, partitions)];
            if (names.Count == ofEachPartition)
                continue;
            names.Add(name);
            left--;
        }

        return [.. Enumerable.Range(0, ofEachPartition).SelectMany(round => found.Select(names => names[round]))];
    }

    public static int PartitionOf(string bucket, string name, int partitions = Token.PartitionsDefault) =>
        new Token(StoreKey.Of(bucket, Encoding.UTF8.GetBytes(name)).Hash).PartitionIn(partitions);

    public static string PathOf(string bucket, string name, string query = "") => KvHttp.PathOf(bucket, name, query);
}
