// The program that ./bench sensor starts over and over.
int main() {
    return 0;
}
