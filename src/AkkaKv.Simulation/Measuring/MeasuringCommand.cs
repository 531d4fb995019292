using System.Globalization;
using AkkaKv.Simulation.Running;

namespace AkkaKv.Simulation.Measuring;

/// <summary>The sub-command <c>anti-entropy</c>.</summary>
internal static class MeasuringCommand
{
    public const string Name = "anti-entropy";

    public const string Usage = """

        akkakv-simulation anti-entropy: what a repair of replicas costs, in bytes.

          --nodes S          nodes, each of which owns everything (2)
          --partitions Q     (256)
          --keys K           (1000000)
          --value-bytes B    (100)
          --differing D      keys that the first node has in an older version (100)
          --lost-disk        the first node has nothing
          --seed SEED        (1)

        """;

    /// <exception cref="UsageException">A flag is not known, or its value is none.</exception>
    public static RepairMeasurement Parse(IReadOnlyList<string> arguments)
    {
        var what = new RepairMeasurement();
        for (int i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--lost-disk")
            {
                what = what with { LostDisk = true };
                continue;
            }

            string flag = arguments[i];
            string value = i + 1 < arguments.Count ? arguments[++i] : throw new UsageException($"{flag} needs a value.");
            if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                throw new UsageException($"{flag} must be a whole number; found '{value}'.");
            what = flag switch
            {
                "--nodes" => what with { Nodes = Math.Clamp(number, 2, 15) },
                "--partitions" => what with { Partitions = number },
                "--keys" => what with { Keys = number },
                "--value-bytes" => what with { ValueBytes = number },
                "--differing" => what with { Differing = number },
                "--seed" => what with { Seed = (ulong)number },
                _ => throw new UsageException($"There is no flag {flag}."),
            };
        }

        if (what.Differing > what.Keys)
            throw new UsageException($"At most all {what.Keys} keys can differ; found --differing {what.Differing}.");
        return what;
    }
}
