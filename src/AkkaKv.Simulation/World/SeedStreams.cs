using System.Numerics;
using System.Text;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Simulation.World;

/// <summary>
/// One seed, cut into independent streams of random numbers: one for each concern, so that drawing one number more in
/// the network does not change what the clients do.
/// </summary>
public sealed class SeedStreams(ulong seed)
{
    public ulong Seed => seed;

    /// <summary>A stream of its own for a concern and the thing it is about.</summary>
    public RandomSource Of(string concern, int index = 0) =>
        new(StableHash.Of(Encoding.ASCII.GetBytes(concern), seed + ((ulong)index * 0x9E3779B97F4A7C15)));
}

/// <summary>Draws in the words of the simulator.</summary>
internal static class Draws
{
    public static bool Chance(this RandomSource random, double probability) => random.NextDouble() < probability;

    /// <summary>A whole number from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public static int Between(this RandomSource random, int low, int high) => low + random.Next(high - low + 1);

    /// <summary>
    /// Virtual time between two numbers of microseconds, small ones more often: each doubling is as likely as the next.
    /// Only additions and multiplications, so that it is the same on every machine.
    /// </summary>
    public static long Micros(this RandomSource random, int low, int high)
    {
        int doublings = BitOperations.Log2((uint)(high / low)) + 1;
        long from = (long)low << random.Next(doublings);
        long micros = Math.Min(from + (long)(from * random.NextDouble()), high);
        return micros * TimeSpan.TicksPerMicrosecond;
    }

    public static T Of<T>(this RandomSource random, params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];
}
