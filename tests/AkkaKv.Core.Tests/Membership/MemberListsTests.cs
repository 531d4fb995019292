using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using Xunit.Abstractions;

namespace AkkaKv.Core.Tests.Membership;

public sealed class MemberListsTests(ITestOutputHelper output)
{
    [Fact]
    public void They_are_as_plain_lists_would_be()
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        var random = new RandomSource(seed);
        var lists = new MemberLists(7, 3, 1);
        List<int>[] plain = [[], [0, 1, 2, 3, 4, 5, 6], []];
        for (int i = 0; i < 1_000; i++)
        {
            (int member, int list) = (random.Next(7), random.Next(3));
            foreach (List<int> each in plain)
                each.Remove(member);
            if (random.Next(2) == 0)
            {
                lists.MoveToFront(member, list);
                plain[list].Insert(0, member);
            }
            else
            {
                lists.MoveToBack(member, list);
                plain[list].Add(member);
            }

            lists.ListOf(member).ShouldBe(list);
            for (int j = 0; j < 3; j++)
            {
                Walk(lists.First(j), lists.After).ShouldBe(plain[j]);
                Walk(lists.Last(j), lists.Before).ShouldBe(Enumerable.Reverse(plain[j]));
            }
        }
    }

    private static List<int> Walk(int member, Func<int, int> next)
    {
        var walked = new List<int>();
        for (; member != MemberLists.None; member = next(member))
            walked.Add(member);
        return walked;
    }
}
